"""Synthesis by Yosys: what a design becomes, and what keeps it from becoming hardware."""

import json
import re
from collections import Counter
from dataclasses import dataclass, replace

from hdlsmith.design import Design, Diagnostic, Severity, errors_in
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.sandbox.cage import Limits
from hdlsmith.sandbox.elaboration import check_named_top, elaborate
from hdlsmith.sandbox.results import Elaboration, Stopped, ToolRun
from hdlsmith.sandbox.synthesis.fpga import RESOURCES, Target
from hdlsmith.sandbox.synthesis.netlist import Memory, Netlist
from hdlsmith.sandbox.synthesis.yosys_check import parse_check
from hdlsmith.sandbox.workspace import Workspace, check_space, read_bounded
from hdlsmith.sandbox.yosys import Pass, Yosys, read_passes
from hdlsmith.sandbox.yosys_log import LogicPath, parse_longest_path, parse_messages

NETLIST_JSON = "netlist.json"
NETLIST_VERILOG = "netlist.v"
INTERNAL_JSON = "internal.json"
"""The netlist without ports but its clocks, for a design with more ports than the part has pins."""

_PLAIN = "plain.json"
_CHECK = "check.txt"
_STATISTICS = "statistics.json"
_LONGEST = "longest.txt"
_MOST_BYTES = 64 << 20
_REGISTER_FILE_WORDS = 64
_KEPT = "InferredLatch"  # slang's code
_LATCH_LEFT = " is a latch of type "  # `check` about cells that a target should not have
_LATCH_OF = re.compile(r"latch inferred for '([^'\[]+)")


@dataclass(frozen=True)
class Synthesis:
    """What Yosys made of a design.

    Attributes:
        diagnostics: errors where it does not synthesise or should not.
        cells: how many of each type, the most frequent first.
        port_bits: of the top.
        memories: as written, the largest first.
        longest_path: None with a target (its timing says more), without logic, or where a
            combinational loop has no end.
        run: None where the design did not get as far as Yosys.
    """

    top: str
    target: str | None
    diagnostics: tuple[Diagnostic, ...]
    cells: tuple[tuple[str, int], ...] = ()
    port_bits: int = 0
    memories: tuple[Memory, ...] = ()
    longest_path: LogicPath | None = None
    run: ToolRun | None = None

    @property
    def done(self) -> bool:
        """Whether there is a netlist, be it one of bare wires."""
        return self.run is not None and self.run.ok

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return errors_in(self.diagnostics)

    @property
    def resources(self) -> dict[str, int]:
        """How many flip-flops, LUTs, gates, …; in the order of `fpga.RESOURCES`."""
        counted = Counter[str]()
        for cell, number in self.cells:
            match = (kind for kind, pattern in RESOURCES if re.match(pattern, cell))
            counted[next(match, "other cells")] += number
        kinds = [*(kind for kind, _ in RESOURCES), "other cells"]
        return {kind: counted[kind] for kind in kinds if counted[kind]}


def synthesise(
    workspace: Workspace,
    design: Design,
    yosys: Yosys,
    target: Target | None = None,
    *,
    verilog: bool = False,
) -> Synthesis:
    """Synthesise a design to generic gates, or to the cells of a target.

    Leaves `NETLIST_JSON` in the workspace, and with a target `INTERNAL_JSON`.

    Args:
        workspace: a fresh one.
        verilog: leave `NETLIST_VERILOG` too.

    Raises:
        InputError: as `with_top` and `read_passes`.
        SandboxError: the sandbox failed, not the design.
    """
    read_passes(design)  # another language, or a name that won't do, is told first
    elaboration = elaborate(design)
    design = with_top(design, elaboration)
    name = target.name if target else None
    if not design.top or any(d.code == "gave-up" for d in elaboration.errors):
        return Synthesis(design.top or "", name, elaboration.errors)
    workspace.write(design.files)
    run = yosys.run(workspace, synthesis_passes(design, design.top, target, verilog))
    check_space(workspace.path)  # Yosys does not notice that a write failed
    messages = parse_messages(run.output)
    plain = None if run.stopped_by else _plain_netlist(workspace, design.top)
    found = _findings(workspace, plain, elaboration) if plain else ()
    if not plain or not run.ok:
        # read_verilog names no place for a module that isn't there; slang does.
        named = () if any(d.span for d in errors_in(messages)) else elaboration.errors
        if target and _LATCH_LEFT in run.output:
            found = tuple(_refused(d, target) if d.code == "latch" else d for d in found)
        told = (*named, *found, *messages)
        if run.stopped_by or not errors_in(told):
            told = (*told, gave_up(run, yosys.cage.limits))
        return Synthesis(design.top, name, told, run=run)
    total = json.loads(_read(workspace, _STATISTICS))["design"]
    looped = any(d.code in ("comb-loop", _KEPT) for d in found)
    return Synthesis(
        design.top,
        name,
        (*messages, *found),
        tuple(Counter(total["num_cells_by_type"]).most_common()),
        total["num_port_bits"],
        plain.memories(),
        None if target or looped else parse_longest_path(_read(workspace, _LONGEST)),
        run,
    )


def _plain_netlist(workspace: Workspace, top: str) -> Netlist | None:
    """The netlist before mapping; None where Yosys did not get to its end."""
    if not (workspace.path / _PLAIN).exists():
        return None
    try:
        return Netlist.parse(_read(workspace, _PLAIN), top)
    except ValueError:
        return None


def _findings(
    workspace: Workspace, plain: Netlist, elaboration: Elaboration
) -> tuple[Diagnostic, ...]:
    # Yosys makes a loop, not a latch, of an `always_comb` that keeps a value; slang tells it.
    kept = tuple(d for d in elaboration.diagnostics if d.code == _KEPT)
    signals = frozenset(match[1] for d in kept if (match := _LATCH_OF.search(d.message)))
    checked = parse_check(_read(workspace, _CHECK), plain, signals)
    return (*checked, *plain.latches(), *kept)


def _refused(latch: Diagnostic, target: Target) -> Diagnostic:
    message = f"{latch.message}; {target.name} has no latch"
    return replace(latch, severity=Severity.ERROR, message=message)


def with_top(design: Design, elaboration: Elaboration) -> Design:
    """The design with its top: the only module that nothing instantiates, if none was named.

    Returns:
        one without a top where errors hide which it is.

    Raises:
        InputError: no such module, no module at all, or several to choose from.
    """
    check_named_top(design, elaboration)
    if design.top:
        return design
    tops = elaboration.tops
    if len(tops) == 1:
        return replace(design, top=tops[0])
    if elaboration.errors:
        return design
    if not tops:
        raise InputError("no module in these files that could be the top")
    raise InputError("several modules could be the top", remedy=f"--top {' | '.join(tops)}")


def synthesis_passes(
    design: Design, top: str, target: Target | None, verilog: bool = False
) -> list[Pass]:
    """The passes of `synthesise`."""
    library = [["read_verilog", "-lib", target.library]] if target else []
    return [
        *library,
        *read_passes(design),
        ["hierarchy", "-check", "-top", top],
        ["proc"],
        ["flatten", "-noscopeinfo"],
        ["delete", "t:$print"],  # what `$display` leaves, which no target has a cell for
        ["opt_clean"],
        ["tee", "-o", _CHECK, "check"],
        ["write_json", "-selected", _PLAIN],
        *([[f"synth_{target.name}", "-top", top]] if target else _gate_passes()),
        ["tee", "-q", "-o", _STATISTICS, "stat", "-json"],
        ["write_json", "-selected", NETLIST_JSON],
        *([["write_verilog", "-noattr", NETLIST_VERILOG]] if verilog else []),
        *(_internal_passes(target) if target else []),
    ]


def _gate_passes() -> list[Pass]:
    """`synth`, but a large memory stays one cell: as flip-flops it would say little, slowly."""
    return [
        ["synth", "-run", "coarse:fine"],
        ["opt", "-fast", "-full"],
        ["memory_map", "t:$mem_v2", f"r:SIZE<={_REGISTER_FILE_WORDS}", "%i"],
        ["opt", "-full"],
        ["techmap"],
        ["opt", "-fast"],
        ["abc"],
        ["opt", "-fast"],
        ["tee", "-q", "-o", _LONGEST, "ltp", "-noff"],
    ]


def _internal_passes(target: Target) -> list[Pass]:
    """All ports but clock inputs become inner wires; the logic stays."""
    pins = ",".join(target.clock_pins)
    return [
        ["select", "-set", "clocks", "t:*", f"%ci1:+[{pins}]", "i:*", "%i"],
        ["delete", "-port", "x:*", "@clocks", "%d"],
        ["write_json", "-selected", INTERNAL_JSON],
    ]


def gave_up(run: ToolRun, limits: Limits) -> Diagnostic:
    """The finding for a tool that a limit ended, or that fell over without a word."""
    lines = run.output.strip().splitlines() or [""]
    last = next((line for line in reversed(lines) if line.startswith("ERROR: ")), lines[-1])
    stopped = Stopped.MEMORY if "std::bad_alloc" in run.output else run.stopped_by
    told = {
        Stopped.CPU: f"over {limits.cpu_s} CPU s; sandbox.cpu_s allows more",
        Stopped.WALL: f"over {limits.wall_s:.0f} s; sandbox.wall_factor allows more",
        Stopped.MEMORY: f"over {limits.memory_bytes >> 20} MiB; sandbox.memory_mb allows more",
        Stopped.DISK: "too much on the disk; sandbox.disk_mb allows more",
        Stopped.FILE_SIZE: "too large a file; sandbox.file_mb allows more",
        Stopped.OUTPUT: "too much output; sandbox.output_kb allows more",
    }
    reason = f"exit code {run.exit_code}, {last[:200]}"
    if stopped:
        reason = told.get(stopped, f"over a limit: {stopped}")
    message = f"{run.tool} gave up: {reason}"
    return Diagnostic(Severity.ERROR, "gave-up", message, None, "hdlsmith")


def _read(workspace: Workspace, name: str) -> str:
    text = read_bounded(workspace.path / name, _MOST_BYTES + 1)
    if not text or len(text) > _MOST_BYTES:
        raise SandboxError(
            f"Yosys left {'no' if not text else 'too large a'} {name}",
            remedy="synthesise a part of the design: --top",
        )
    return text
