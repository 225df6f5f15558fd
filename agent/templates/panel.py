"""Many versions of a design judged in one simulation, each beside the original.

The idea is that of mutant schemata (Untch, Offutt and Harrold, ISSTA 1993): one compilation for
all. Every version becomes a module of its own name, instantiated inside the module under test on
the very same inputs, and its outputs are compared with those of a reference there. The testbench
sees the original alone, so it drives the same stimuli as ever; what is found is only a hint which
versions are worth their own run.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pyslang import syntax

from hdlsmith.agent.localising.bench import PREFIX, Bench, module_names, rename_edits
from hdlsmith.agent.localising.recording import REFERENCE, instance, reference_instance
from hdlsmith.agent.mending.source import Edit, Source, edited
from hdlsmith.agent.templates.proposals import Proposal
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import VERILOG_FAMILY
from hdlsmith.sandbox import process
from hdlsmith.sandbox.diagnostics import parse_icarus
from hdlsmith.sandbox.simulation.icarus import Icarus, compile_argv
from hdlsmith.sandbox.toolbox import extra_mounts
from hdlsmith.sandbox.workspace import check_space, read_bounded

_LOG = f"{PREFIX}panel.log"
_BINARY = "panel.vvp"
_COMPILE_LOG, _OUTPUT, _CODE, _TIMES = "compile.log", "output.log", "code.log", "times.log"
_TIME = re.compile(r"(\d+)m([\d.]+)s")
_LOOP = re.compile(r"^loop=(\d+)$", re.MULTILINE)
_FILE, _STEPS = f"{PREFIX}file", f"{PREFIX}steps"
_MOST_CHANGES = 2000
"""Of an output within one time step: beyond these it oscillates."""
_GIVE_UP = 8
"""Of so few versions one hangs: looking for it costs more than they promise."""
_VERSION = f"{PREFIX}v"
_MOST_STEPS = 20_000
_MOST_LOG_BYTES = 64 << 20
_MOST_CHARACTERS = 400_000
MOST_VERSIONS = 64


@dataclass(frozen=True)
class Score:
    """How one version fared.

    Attributes:
        wrong: time steps in which any output was wrong.
        steps: all time steps in which anything changed.
        behaviour: equal for versions that are wrong in the same places.
    """

    wrong: int
    steps: int
    behaviour: int


@dataclass(frozen=True)
class Tried:
    """The versions that compile and end, and the CPU seconds that all took."""

    scores: list[tuple[Proposal, Score]]
    cpu_s: float


@dataclass(frozen=True)
class _Run:
    ended: bool
    log: str
    refused: frozenset[int]
    cpu_s: float


@dataclass(frozen=True)
class Panel:
    """A design whose versions are tried together, and the testbench for it."""

    bench: Bench
    design: Design
    icarus: Icarus

    def scores(self, proposals: Sequence[Proposal], run_s: float, all_s: float) -> "Tried":
        """The score of each version that compiles and ends.

        Args:
            run_s: CPU seconds that one simulation may take.
            all_s: after how many no other is begun.

        Raises:
            SandboxError: the sandbox failed, not a design.
        """
        left = list(proposals)
        spent_s = 0.0
        while left and spent_s < all_s:
            ran = self._run(left, run_s)
            spent_s += ran.cpu_s
            if ran.ended:
                counted = _read(ran.log, len(left), len(self.bench.outputs))
                return Tried(list(zip(left, counted, strict=True)), spent_s)
            fitting = [p for n, p in enumerate(left) if n not in ran.refused]
            if len(fitting) == len(left):  # one of them hangs, and nothing tells which
                if len(left) <= _GIVE_UP:
                    break
                half = len(left) // 2
                first = self.scores(left[:half], run_s, all_s - spent_s)
                spent_s += first.cpu_s
                second = self.scores(left[half:], run_s, all_s - spent_s)
                spent_s += second.cpu_s
                return Tried(first.scores + second.scores, spent_s)
            left = fitting
        return Tried([], spent_s)

    def _run(self, proposals: Sequence[Proposal], cpu_s: float) -> "_Run":
        bench = Design(self._files(proposals), self.bench.top)
        icarus = self.icarus
        limits = replace(icarus.cage.limits, cpu_s=math.ceil(cpu_s))
        cage = replace(icarus.cage, limits=limits)
        # A fixed script over words that the shell only passes on; `times` tells what both took.
        script = (
            f'"$@" >{_COMPILE_LOG} 2>&1 && "$0" -n {_BINARY} >{_OUTPUT} 2>&1;'
            f" echo $? >{_CODE}; times >{_TIMES}"
        )
        argv = compile_argv(bench, _BINARY)
        command = ["sh", "-c", script, str(icarus.vvp), str(icarus.iverilog), *argv]
        mounts = (*extra_mounts(icarus.vvp), *extra_mounts(icarus.iverilog))
        with icarus.workspace() as workspace:
            workspace.write(bench.files)
            run = process.run(cage, "vvp", command, workspace.path, read_only=mounts)
            compiled, code, times, log = (
                read_bounded(workspace.path / name, _MOST_LOG_BYTES)
                for name in (_COMPILE_LOG, _CODE, _TIMES, _LOG)
            )
            if not log:
                check_space(workspace.path)
        spent_s = sum(60 * int(m) + float(s) for m, s in _TIME.findall(times)) or run.wall_s
        refused = {int(n) for n in _LOOP.findall(log)}
        bad = {d.span.path for d in parse_icarus(compiled) if d.span and d.severity == "error"}
        refused |= {n for n in range(len(proposals)) if f"{_VERSION}{n}.sv" in bad}
        ended = code.strip() == "0" and bool(log) and not refused
        return _Run(ended, log, frozenset(refused), spent_s)

    def _files(self, proposals: Sequence[Proposal]) -> tuple[SourceFile, ...]:
        files = [self._with_versions(file, len(proposals)) for file in self.design.files]
        for number, proposal in enumerate(proposals):
            text = "\n".join(self._version(proposal, number))
            path = f"{_VERSION}{number}.sv"
            files.append(SourceFile(path, text, self.design.sources[0].language))
        return (*self.bench.testbench, *files)

    def _version(self, proposal: Proposal, number: int) -> Iterator[str]:
        """The modules of the design with the edit made, under names of their own."""
        names = module_names(self.design)
        for file in self.design.sources:
            if file.language in VERILOG_FAMILY:
                source = Source(file.text)
                edits = list(proposal.edits) if file.path == proposal.path else []
                yield edited(file.text, *edits, *_own(source, names, f"_{_VERSION}{number}"))

    def _with_versions(self, file: SourceFile, versions: int) -> SourceFile:
        if file.language not in VERILOG_FAMILY:
            return file
        source = Source(file.text)
        tree = source.module(self.bench.dut)
        if tree is None or tree.header.name.valueText != self.bench.dut:
            return file
        foot = source.span(tree.endmodule)[0]
        text = "".join(self._foot(source, tree, versions))
        return replace(file, text=edited(file.text, Edit(foot, foot, text)))

    def _foot(self, source: Source, tree: Any, versions: int) -> Iterator[str]:
        outputs = [port.name for port in self.bench.outputs]
        yield f'integer {_FILE} = $fopen("{_LOG}"), {_STEPS} = 0; '
        wrong = f"{PREFIX}wrong"
        yield reference_instance(source, tree, self.bench)
        yield f"wire [{versions * len(outputs) - 1}:0] {wrong}; "
        for number in range(versions):
            name = f"{_VERSION}{number}"
            yield instance(source, tree, self.bench, f"{self.bench.dut}_{name}", name)
            yield _watchdog(number, [f"{name}_{output}" for output in outputs])
            for place, output in enumerate(outputs):
                right, ours = f"{REFERENCE}_{output}", f"{name}_{output}"
                bit = number * len(outputs) + place
                # An unknown bit of the reference matches anything, as in VerilogEval.
                yield f"assign {wrong}[{bit}] = ({right} ^ {ours} ^ {right}) !== {right}; "
        seen = ", ".join([port.name for port in self.bench.ports] + [wrong])
        yield f"always @({seen}) if ({_STEPS} < {_MOST_STEPS}) begin {_STEPS} = {_STEPS} + 1; "
        yield f'$fstrobe({_FILE}, "%0t %b", $time, {wrong}); end\n'


def _read(log: str, versions: int, outputs: int) -> list[Score]:
    """A line a change, settled; of one time step only the last counts."""
    settled = dict(line.split(" ", 1) for line in log.splitlines() if " " in line)
    wrong: list[list[str]] = [[] for _ in range(versions)]
    right = "0" * outputs
    for time, bits in settled.items():
        for number in range(versions):
            end = len(bits) - number * outputs
            own = bits[end - outputs : end]
            if own != right:
                wrong[number].append(time + own)
    return [Score(len(places), len(settled), hash(tuple(places))) for places in wrong]


def _watchdog(number: int, outputs: list[str]) -> str:
    """Ends a simulation in which a version oscillates within one time step."""
    last, count = f"{_VERSION}{number}_last", f"{_VERSION}{number}_count"
    return (
        f"time {last}; integer {count} = 0; always @({', '.join(outputs)}) begin "
        f"{count} = {last} === $time ? {count} + 1 : 0; {last} = $time; "
        f'if ({count} > {_MOST_CHANGES}) begin $fdisplay({_FILE}, "loop={number}"); '
        f"$finish; end end "
    )


def panel_size(design: Design) -> int:
    """How many versions of a design are tried at once."""
    return max(1, min(MOST_VERSIONS, _MOST_CHARACTERS // (len(design.text) + 1)))


def _own(source: Source, names: frozenset[str], suffix: str) -> Iterator[Edit]:
    """Renames the modules, and leaves out what is none: the original declares it already."""
    for member in source.root.members if hasattr(source.root, "members") else ():
        if not isinstance(member, syntax.ModuleDeclarationSyntax):
            yield source.replace(member, "")
    yield from rename_edits(source, names, suffix=suffix)
