"""One simulation of a failing design that records which statement ran when, and every value.

Each statement of a process gets a variable that takes the time at which it runs, so that what ran
in which time step is exact. A reference is instantiated inside the module under test, on the very
same inputs. Nothing of the design's own behaviour changes, and no line moves.
"""

import tempfile
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from hdlsmith.agent.localising.bench import PREFIX, Bench
from hdlsmith.agent.localising.statements import Statement, statements
from hdlsmith.agent.mending.names import declarations, declared
from hdlsmith.agent.mending.source import Edit, Source, edited
from hdlsmith.design import Design, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.results import SimResult
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.sandbox.waves.waveform import Contents, Wave, Waves, read_changes, read_contents

REFERENCE = f"{PREFIX}ref"
_RAN = f"{PREFIX}at_"
_HERE = f"{PREFIX}in_"
_CHANGES_KEPT, _FEWEST_CHANGES = 400_000, 10
_MOST_MARKS = 4000
"""More statements than these are not recorded; their cone is then ranked by distance alone."""


@dataclass(frozen=True)
class Module:
    """A module of the design under test.

    Attributes:
        number: its place among all of them.
        inputs: those of its ports that it does not drive.
    """

    number: int
    path: str
    name: str
    ports: tuple[str, ...]
    inputs: frozenset[str]
    statements: tuple[Statement, ...]

    @cached_property
    def drivers(self) -> dict[str, list[int]]:
        """Name -> positions of the statements that assign it; not what instances drive."""
        found: dict[str, list[int]] = {}
        for position, statement in enumerate(self.statements):
            for name in statement.drives if statement.kind == "assign" else ():
                found.setdefault(name, []).append(position)
        return found


@dataclass(frozen=True)
class Recording:
    """What a simulation showed.

    Attributes:
        scopes: instance path -> module.
        dut: path of the instance under test; empty where the waveform shows none.
        recorded: whether the running of statements was.
    """

    result: SimResult
    modules: tuple[Module, ...]
    scopes: dict[str, Module]
    dut: str
    waves: Waves
    recorded: bool

    @cached_property
    def _by_name(self) -> dict[str, Wave]:
        return {wave.name: wave for wave in self.waves.signals}

    def wave(self, scope: str, name: str) -> Wave | None:
        """The signal of that name in an instance."""
        return self._by_name.get(f"{scope}.{name}")

    def last_run_fs(
        self, scope: str, position: int, until_fs: int, *, before: bool = False
    ) -> int | None:
        """When a statement last ran up to a time (or before it); None where it never did."""
        number = self.scopes[scope].number
        wave = self.wave(scope, f"{_RAN}{number}_{position}")
        if wave is None:
            return None
        times = self._times(wave)
        index = (bisect_left if before else bisect_right)(times, until_fs)
        return times[index - 1] if index else None

    def _times(self, wave: Wave) -> list[int]:
        return self._run_times.setdefault(
            wave.name, [time for time, value in wave.changes if "x" not in value]
        )

    @cached_property
    def _run_times(self) -> dict[str, list[int]]:
        return {}


def record(bench: Bench, design: Design, icarus: Icarus) -> Recording:
    """Simulate once with everything recorded.

    Raises:
        InputError: the waveform is beyond what can be read.
        MissingToolError: the reader of waveforms isn't installed.
        SandboxError: the sandbox failed, not the design.
    """
    modules = modules_of(design)
    marks = sum(s.marked for module in modules for s in module.statements)
    stamped = marks <= _MOST_MARKS
    files = tuple(_watched(file, bench, modules, stamped) for file in design.files)
    with tempfile.TemporaryDirectory(prefix="hdlsmith-waves-") as folder:
        path = Path(folder) / "run.fst"
        result = icarus.simulate(bench.around(files), path)
        if not path.is_file():
            return Recording(result, modules, {}, "", Waves((), 1, 0, 0), recorded=False)
        contents = read_contents(path, icarus.cage)
        scopes = _scopes(contents, modules)
        dut = next((scope for scope, module in scopes.items() if module.name == bench.dut), "")
        inside = [s for s in contents.signals if s.name.rpartition(".")[0] in scopes]
        waves = _read(path, icarus, contents, inside)
    return Recording(result, modules, scopes, dut, waves, stamped)


def modules_of(design: Design) -> tuple[Module, ...]:
    """The modules of a design with their statements."""
    found: list[Module] = []
    for file in design.sources:
        if file.language in VERILOG_FAMILY:
            source = Source(file.text)
            for module in source.modules:
                name = module.header.name.valueText
                ports = [d for d in declarations(module) if d.direction or d.ansi]
                names = tuple(dict.fromkeys(port.name for port in ports))
                inputs = frozenset(port.name for port in ports if port.direction == "input")
                inside = statements(source, module)
                found.append(Module(len(found), file.path, name, names, inputs, inside))
    return tuple(found)


def _read(path: Path, icarus: Icarus, contents: Contents, wanted: list[Any]) -> Waves:
    """All values; of a run with too many, the first, which are what localising needs most."""
    try:
        return read_changes(path, icarus.cage, contents, wanted)
    except InputError:
        each = max(_FEWEST_CHANGES, _CHANGES_KEPT // max(1, len(wanted)))
        return read_changes(path, icarus.cage, contents, wanted, most_each=each)


def _scopes(contents: Contents, modules: tuple[Module, ...]) -> dict[str, Module]:
    found = {}
    for signal in contents.signals:
        scope, _, name = signal.name.rpartition(".")
        number = name.removeprefix(_HERE)
        if number != name and number.isdigit() and int(number) < len(modules):
            found[scope] = modules[int(number)]
    return found


def _watched(
    file: SourceFile, bench: Bench, modules: tuple[Module, ...], stamped: bool
) -> SourceFile:
    if file.language not in VERILOG_FAMILY:
        return file
    source = Source(file.text)
    before: dict[int, str] = {}
    behind: dict[int, str] = {}
    trees = {tree.header.name.valueText: tree for tree in source.modules}
    for module in modules:
        if module.path != file.path:
            continue
        tree = trees[module.name]
        marks = [f"reg {_HERE}{module.number} = 0;"]
        for position, statement in enumerate(module.statements):
            if stamped and statement.marked:
                mark = f"{_RAN}{module.number}_{position}"
                marks.append(f"time {mark};")
                # An outer statement starts first and ends last.
                opened = before.get(statement.start, "")
                before[statement.start] = f"{opened}begin {mark} = $time; "
                behind[statement.end] = f"{behind.get(statement.end, '')} end"
        header = source.span(tree.header)[1]
        behind[header] = f" {' '.join(marks)}{behind.get(header, '')}"
        if module.name == bench.dut and bench.reference:
            foot = source.span(tree.endmodule)[0]
            before[foot] = reference_instance(source, tree, bench) + before.get(foot, "")
    edits = [Edit(at, at, text) for at, text in behind.items() if at not in before]
    edits += [Edit(at, at, behind.get(at, "") + text) for at, text in before.items()]
    return replace(file, text=edited(file.text, *edits))


def reference_instance(source: Source, tree: Any, bench: Bench) -> str:
    """The reference on the inputs of the module that it is put into; outputs `hdlsmith_ref_*`."""
    return instance(source, tree, bench, bench.reference, REFERENCE)


def instance(source: Source, tree: Any, bench: Bench, module: str, name: str) -> str:
    """A module on the inputs of the one it is put into, with outputs `name_PORT` of its own."""
    nets = []
    connections = []
    for port in bench.ports:
        net = port.name
        if port in bench.outputs:
            net = f"{name}_{port.name}"
            nets.append(f"wire {_range(source, tree, port.name)}{net}; ")
        connections.append(f".{port.name}({net})")
    return f"{''.join(nets)}{module} {_parameters(tree)}{name}({', '.join(connections)}); "


def _range(source: Source, tree: Any, port: str) -> str:
    for found in declared(tree, port):
        dimensions = list(getattr(found.type, "dimensions", ()))
        if dimensions:
            return "".join(map(source.slice, dimensions)) + " "
    return ""


def _parameters(tree: Any) -> str:
    listed = tree.header.parameters
    if listed is None:
        return ""
    names = [
        declarator.name.valueText
        for declaration in listed.declarations
        if hasattr(declaration, "declarators")
        for declarator in declaration.declarators
        if hasattr(declarator, "name")
    ]
    return f"#({', '.join(f'.{name}({name})' for name in names)}) " if names else ""
