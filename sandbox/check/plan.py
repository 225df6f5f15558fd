"""The units of work of a repository: what is linted, what is tested, and what each one reads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TypeVar

from hdlsmith.check_settings import CheckProof, CheckSettings, CheckTest
from hdlsmith.design import Design, Diagnostic, Severity, SourceFile, SourceSpan
from hdlsmith.errors import InputError
from hdlsmith.sandbox.check.closure import Closure, Graph
from hdlsmith.sandbox.check.tree import HDL, LeftOut, Tree, matches
from hdlsmith.sandbox.simulation.simulators import default_simulator

_Table = TypeVar("_Table", CheckTest, CheckProof)
_TEST_FOLDERS = frozenset(
    ("tb", "test", "tests", "testbench", "testbenches", "sim", "bench", "verif")
)
_BENCH_NAME = re.compile(r"^(?:tb|testbench)(?:_(.+))?$|^(.+)_(?:tb|testbench)$", re.IGNORECASE)
_TEST_NAME = re.compile(r"^(?:test_(.+)|(.+)_test)$", re.IGNORECASE)


class Kind(StrEnum):
    """In the order of reports."""

    LINT = "lint"
    TEST = "test"
    PROOF = "proof"


@dataclass(frozen=True)
class Unit:
    """One thing to check. Its result depends on nothing but this.

    Attributes:
        name: a path, or what the settings call a test; unique within its kind.
        path: the file that it is about; a finding without a place is put there.
        design: what its tools read; a lint has no top where the file has several units, or one
            that is no module (a package, an interface).
        cocotb: Python files; the first holds the tests.
        simulator: `icarus`, `verilator`, `ghdl` or `both`; "" where nothing is simulated.
        timeout_s: CPU seconds; None for a lint, which has the limit of all tools.
        depth: steps that a proof searches for a counterexample.
        real_paths: a path that tools see -> the path in the repository, where the two differ.
        problems: why it can't be run; empty for one that can.
        doubts: what may be behind its failure: names that mean nothing to its tools, because
            they could mean several files.
        reads: the files of the repository that its result depends on.
    """

    kind: Kind
    name: str
    path: str
    design: Design
    cocotb: tuple[SourceFile, ...] = ()
    simulator: str = ""
    timeout_s: int | None = None
    depth: int = 0
    real_paths: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()
    doubts: tuple[Diagnostic, ...] = ()
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """All units, and all that is in none of them."""

    units: tuple[Unit, ...]
    unusable: tuple[Diagnostic, ...]
    left_out: tuple[LeftOut, ...]


def make_plan(tree: Tree, settings: CheckSettings) -> Plan:
    """Find every unit of a repository.

    Raises:
        InputError: a test in the settings names what isn't there, or two have one name.
    """
    units = tuple(_Planner(tree, settings).units())
    read = {path for unit in units for path in unit.reads}
    unread = (
        LeftOut(path, "neither linted nor read by a test")
        for path, file in tree.sources.items()
        if file.language in HDL and path not in read
    )
    return Plan(units, tree.unusable, (*tree.left_out, *unread))


class _Planner:
    def __init__(self, tree: Tree, settings: CheckSettings) -> None:
        self._sources = tree.sources
        self._settings = settings
        self._graph = Graph(tree, settings.include)

    def units(self) -> Iterator[Unit]:
        tests = [self._named(test) for test in _once(self._settings.test)]
        named = {unit.path for unit in tests}
        tests += [unit for path in self._sources if path not in named for unit in self._found(path)]
        benches = {unit.path for unit in tests}
        included = self._graph.included()
        for path, file in self._sources.items():
            if path in benches or _in_test_folder(path) or file.is_header:
                continue
            scan = self._graph.scans[path]
            defines = scan.defines
            if file.language in HDL and (defines or path not in included):
                top = defines[0] if len(defines) == 1 and scan.modules == defines else None
                yield self._unit(Kind.LINT, path, path, top, self._graph.closure([path]))
        yield from tests
        yield from (self._proof(proof) for proof in _once(self._settings.proof))

    def _named(self, test: CheckTest) -> Unit:
        cocotb = self._matching(test.cocotb, test)
        tops, closure = self._asked(test)
        path = cocotb[0] if cocotb else tops[0]
        return self._test(path, test.top, tops, closure, cocotb, test)

    def _proof(self, proof: CheckProof) -> Unit:
        tops, closure = self._asked(proof)
        unit = self._unit(Kind.PROOF, proof.name, tops[0], proof.top, closure)
        timeout_s = proof.timeout_s or self._settings.timeout_s
        return _sure_of(tops, replace(unit, timeout_s=timeout_s, depth=proof.depth))

    def _asked(self, asked: CheckTest | CheckProof) -> tuple[tuple[str, ...], Closure]:
        """The files that could hold the top of a table in the settings, and what goes with it."""
        sources = self._matching(asked.sources, asked)
        tops = self._graph.definers(asked.top)
        if sources:
            tops = tuple(path for path in tops if path in sources)
        if not tops:
            raise InputError(
                f"{asked.name!r} in hdlsmith.toml: no file has {asked.top!r}",
                remedy="name a module or entity of its sources, or of a file not left out",
            )
        return tops, self._graph.closure(sources or tops[:1], alone=bool(sources))

    def _matching(
        self, patterns: tuple[str, ...], asked: CheckTest | CheckProof
    ) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for pattern in patterns:
            matching = [path for path in self._sources if matches(path, pattern)]
            if not matching:  # a test must not vanish with its files
                raise InputError(
                    f"{asked.name!r} in hdlsmith.toml: no file like {pattern!r}",
                    remedy="paths start at the repository; * also stands for /",
                )
            found |= dict.fromkeys(matching)
        return tuple(found)

    def _found(self, path: str) -> Iterator[Unit]:
        """The test that a file is by its name or place."""
        stem = PurePosixPath(path).stem
        by_name = _BENCH_NAME.match(stem) or _TEST_NAME.match(stem)
        if path.endswith(".py"):
            imports = self._graph.scans[path].imports
            if by_name and any(name.split(".")[0] == "cocotb" for name in imports):
                yield self._cocotb(path, by_name[1] or by_name[2] or "")
            return
        if self._sources[path].is_header or not (by_name or _in_test_folder(path)):
            return
        scan = self._graph.scans[path]
        tops = [name for name in scan.without_ports if name not in scan.uses]
        if len(tops) > 1:
            tops = [name for name in tops if name.lower() == stem.lower()] or tops
        if len(tops) == 1 or (tops and by_name) or (by_name and by_name.re is _BENCH_NAME):
            closure = self._graph.closure([path])
            unit = self._test(path, tops[0] if tops else stem, (path,), closure)
            if len(tops) != 1:
                said = f"{' or '.join(tops)} could be the testbench"
                if not tops:
                    said = "every module has ports, so none can be simulated by itself"
                problem = _problem(path, "no-top", said)
                unit = replace(unit, problems=(problem,))
            yield unit

    def _cocotb(self, path: str, dut: str) -> Unit:
        tops = self._graph.definers(dut, near=path)
        closure = self._graph.closure(tops[:1])
        unit = self._test(path, dut, tops, closure, (path,))
        if not tops:
            said = f"no module is called {dut!r}, which the file's name asks for"
            return replace(unit, problems=(_problem(path, "no-dut", said),))
        return unit

    def _test(
        self,
        path: str,
        top: str,
        tops: tuple[str, ...],
        closure: Closure,
        cocotb: tuple[str, ...] = (),
        asked: CheckTest | None = None,
    ) -> Unit:
        unit = self._unit(Kind.TEST, asked.name if asked else path, path, top, closure)
        simulator = asked.simulator if asked else None
        simulator = simulator or self._settings.simulator
        timeout_s = asked.timeout_s if asked else None
        unit = replace(
            unit,
            simulator=default_simulator(unit.design) if simulator == "auto" else simulator,
            timeout_s=timeout_s or self._settings.timeout_s,
        )
        unit = _sure_of(tops, unit)
        if not cocotb:
            return unit
        python = self._graph.python_closure(cocotb)
        folder = PurePosixPath(cocotb[0]).parent
        seen_as = {file.path: _below(folder, file.path) for file in python}
        return replace(
            unit,
            cocotb=tuple(replace(file, path=seen_as[file.path]) for file in python),
            real_paths={**unit.real_paths, **{new: old for old, new in seen_as.items()}},
            reads=unit.reads | set(seen_as),
        )

    def _unit(self, kind: Kind, name: str, path: str, top: str | None, closure: Closure) -> Unit:
        real = closure.real_paths
        reads = {real.get(file.path, file.path) for file in closure.files}
        return Unit(
            kind,
            name,
            path,
            Design(closure.files, top),
            real_paths=real,
            doubts=closure.doubts,
            reads=frozenset({path} | reads | closure.candidates),
        )


def _sure_of(tops: tuple[str, ...], unit: Unit) -> Unit:
    """The unit, which can't be run if several files hold its top."""
    if len(tops) < 2:
        return unit
    said = f"{unit.design.top!r} could mean {' or '.join(tops)}: name its sources"
    problem = _problem(unit.path, "ambiguous-top", said)
    return replace(unit, problems=(problem,), reads=unit.reads | set(tops))


def _once(asked: tuple[_Table, ...]) -> tuple[_Table, ...]:
    """The tables of the settings, of which no two may have one name."""
    names = [table.name for table in asked]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two tables in hdlsmith.toml are called {name!r}")
    return asked


def _in_test_folder(path: str) -> bool:
    return not _TEST_FOLDERS.isdisjoint(part.lower() for part in PurePosixPath(path).parent.parts)


def _below(folder: PurePosixPath, path: str) -> str:
    """A Python module's path as its importers beside it see it."""
    pure = PurePosixPath(path)
    return pure.relative_to(folder).as_posix() if pure.is_relative_to(folder) else path


def _problem(path: str, code: str, message: str) -> Diagnostic:
    remedy = "say it in a [[check.test]] table of hdlsmith.toml"
    return Diagnostic(Severity.ERROR, code, f"{message} ({remedy})", SourceSpan(path, 1), "check")
