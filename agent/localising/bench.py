"""A testbench around a design: its top, the module under test, and the reference beside it."""

from dataclasses import dataclass, replace
from functools import cached_property

from pyslang import syntax

from hdlsmith.agent.mending.source import Edit, Source, edited, walk
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox.elaboration import elaborate

PREFIX = "hdlsmith_"
"""Before every name that is put into somebody's design."""


@dataclass(frozen=True)
class Bench:
    """One testbench, ready to be simulated around one version of a design.

    Attributes:
        testbench: files that are not under test, a reference's included.
        top: the testbench's outermost module.
        dut: the module under test.
        ports: of the module under test.
        reference: a module of the same ports whose outputs are right; empty where there is none.
    """

    testbench: tuple[SourceFile, ...]
    top: str
    dut: str
    ports: tuple[Port, ...]
    reference: str = ""

    def around(self, files: tuple[SourceFile, ...]) -> Design:
        """The simulation of these files of a design."""
        return Design((*self.testbench, *files), self.top)

    @cached_property
    def outputs(self) -> tuple[Port, ...]:
        return tuple(port for port in self.ports if port.direction is Direction.OUTPUT)


def find_benches(
    design: Design, testbench: tuple[SourceFile, ...], reference: Design | None = None
) -> tuple[Bench, ...]:
    """The testbenches in some files: each module of theirs that nothing instantiates.

    Args:
        reference: its first top takes the place of a reference in the testbench.

    Raises:
        InputError: the files hold no testbench of a module of the design, or the reference's ports
            are not those of the module under test.
        SandboxError: the front end can't be run.
    """
    own = module_names(design)
    uses = _uses(testbench)
    used = {name for names in uses.values() for name in names}
    benches = []
    for top in uses:
        below = _below(top, uses)
        dut = next((name for name in below if name in own), "")
        if dut and top not in used:
            ports = elaborate(replace(design, top=dut)).ports
            bench = Bench(testbench, top, dut, ports)
            if reference is None:
                benches.append(_with_own_reference(bench, design, below))
            else:
                benches.append(with_reference(bench, reference))
    if not benches:
        modules = ", ".join(sorted(own)) or "no module"
        raise InputError(
            f"the testbench instantiates nothing of these files ({modules})",
            remedy="name a testbench of one of these modules",
        )
    return tuple(benches)


def with_reference(bench: Bench, reference: Design) -> Bench:
    """The bench with the reference's files, under names of their own.

    Raises:
        InputError: it has other ports than the module under test.
        SandboxError: the front end can't be run.
    """
    found = elaborate(reference)
    if not found.tops:
        raise InputError("the reference defines no module")
    names = module_names(reference)
    files = []
    for position, file in enumerate(reference.files):
        if file.language in VERILOG_FAMILY:
            source = Source(file.text)
            text = edited(file.text, *rename_edits(source, names, f"{PREFIX}ref_"))
            file = replace(file, path=f"{PREFIX}ref_{position}.sv", text=text)
        files.append(file)
    # Of several, the one that is called as the module under test.
    top = bench.dut if bench.dut in names else found.tops[0]
    ports = elaborate(replace(reference, top=top)).ports
    if not same_ports(ports, bench.ports):
        raise InputError(
            f"the ports of the reference {top} are not those of {bench.dut}",
            remedy="name a reference with the same ports",
        )
    return replace(bench, testbench=(*bench.testbench, *files), reference=f"{PREFIX}ref_{top}")


def _with_own_reference(bench: Bench, design: Design, below: list[str]) -> Bench:
    """The bench with what stands beside the module under test and has the same ports."""
    for name in below if bench.outputs else ():
        if name != bench.dut:
            ports = elaborate(Design((*bench.testbench, *design.files), name)).ports
            if same_ports(ports, bench.ports):
                return replace(bench, reference=name)
    return bench


def same_ports(one: tuple[Port, ...], other: tuple[Port, ...]) -> bool:
    """Whether one module can stand in another's place, connected by name."""
    return set(one) == set(other)


def rename_edits(
    source: Source, names: frozenset[str], prefix: str = "", suffix: str = ""
) -> list[Edit]:
    """What renames these modules where they are defined and instantiated."""
    tokens = [module.header.name for module in source.modules]
    tokens += [m.blockName.name for m in source.modules if m.blockName is not None]
    tokens += [node.type for node in walk(source.root, syntax.HierarchyInstantiationSyntax)]
    return [
        Edit(*source.span(token), f"{prefix}{token.valueText}{suffix}")
        for token in tokens
        if token.valueText in names
    ]


def module_names(design: Design) -> frozenset[str]:
    """The modules that a design's own files define."""
    texts = [f.text for f in design.sources if f.language in VERILOG_FAMILY]
    return frozenset(m.header.name.valueText for text in texts for m in Source(text).modules)


def _uses(files: tuple[SourceFile, ...]) -> dict[str, list[str]]:
    """Each module, and what it instantiates."""
    return {
        module.header.name.valueText: [
            node.type.valueText for node in walk(module, syntax.HierarchyInstantiationSyntax)
        ]
        for file in files
        if file.language in VERILOG_FAMILY
        for module in Source(file.text).modules
    }


def _below(top: str, uses: dict[str, list[str]]) -> list[str]:
    """Names of the modules that a top instantiates, itself or further down, in order."""
    below: dict[str, None] = {}
    waiting = [top]
    while waiting:
        for name in uses.get(waiting.pop(), []):
            if name not in below:
                below[name] = None
                waiting.append(name)
    return list(below)
