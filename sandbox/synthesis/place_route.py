"""Placing and routing on an FPGA by nextpnr: how fast a design runs there, and what it fills.

nextpnr comes as WebAssembly, which its runtime compiles at the first use. That result is kept
under `data_dir/cache`; it is made by a run that sees no design, and later runs only read it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hdlsmith.design import Diagnostic, Severity
from hdlsmith.errors import SandboxError
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.kept import announce, keep
from hdlsmith.sandbox.python_child import run_script
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.synthesis.fpga import Target
from hdlsmith.sandbox.synthesis.synthesis import INTERNAL_JSON, NETLIST_JSON, Synthesis, gave_up
from hdlsmith.sandbox.toolbox import require_package
from hdlsmith.sandbox.workspace import Workspace, read_bounded

_CHILD = Path(__file__).with_name("place_route_child.py")
_SEEN_AS = "/work"  # what the WebAssembly program calls its only folder
_REPORT = "report.json"
_MOST_REPORT_BYTES = 16 << 20
_COMPILE_CPU_S = 600
_COMPILED = "compiled"
_KEPT_BYTES = 256 << 20  # one target takes some 10 MiB
_ADDRESS_SPACE = 32 << 30
_ERROR = re.compile(r"^ERROR: (.+)$", re.MULTILINE)
_CLOCK_OF = re.compile(r"^(?:\$glbnet\$)?(.+?)(?:\$(?:SB|TRELLIS)_IO_IN)?(?:_?\$glb_clk)?$")


@dataclass(frozen=True)
class Clock:
    """What one clock reaches.

    Attributes:
        target_mhz: what was asked for, or None.
    """

    name: str
    fmax_mhz: float
    target_mhz: float | None

    @property
    def met(self) -> bool:
        return self.target_mhz is None or self.fmax_mhz >= self.target_mhz


@dataclass(frozen=True)
class Use:
    """How much of a resource of the part a design takes."""

    resource: str
    used: int
    available: int


@dataclass(frozen=True)
class Placement:
    """A placed and routed design.

    Attributes:
        part: what it was placed on.
        diagnostics: errors where it does not fit or misses its target.
        clocks: empty where it failed, or nothing is clocked.
        delay_ns: the longest way from an input to an output without a register; None without.
        internal: only its clocks are on pins, because it has more ports than the part.
        use: what it fills; resources that it doesn't need left out.
    """

    part: str
    diagnostics: tuple[Diagnostic, ...]
    run: ToolRun
    clocks: tuple[Clock, ...] = ()
    delay_ns: float | None = None
    internal: bool = False
    use: tuple[Use, ...] = ()


def place_and_route(
    workspace: Workspace,
    synthesis: Synthesis,
    target: Target,
    cage: Cage,
    cache: Path,
    freq_mhz: float | None = None,
) -> Placement:
    """Place and route what `synthesise` left in the workspace.

    Args:
        cache: from `compiled`.
        freq_mhz: what every clock should reach; missing it is an error.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    internal = synthesis.port_bits > target.pins
    run = _run(cage, target, pnr_argv(target, internal, freq_mhz), workspace, cache, read_only=True)
    if "Preparing to run" in run.output:
        raise SandboxError(f"{cache} was made on another machine", remedy="remove that folder")
    if not run.ok:
        errors = tuple(
            Diagnostic(Severity.ERROR, "place-route", message, None, "nextpnr")
            for message in dict.fromkeys(_ERROR.findall(run.output))
        )
        told = () if errors and not run.stopped_by else (gave_up(run, cage.limits),)
        return Placement(target.part, (*errors, *told), run, internal=internal)
    try:
        report = json.loads(read_bounded(workspace.path / _REPORT, _MOST_REPORT_BYTES))
    except ValueError as error:
        raise SandboxError(f"nextpnr left no usable {_REPORT}: {error}") from error
    clocks = _clocks(report, freq_mhz)
    return Placement(
        target.part,
        tuple(_too_slow(clock) for clock in clocks if not clock.met),
        run,
        clocks,
        _delay_ns(report),
        internal,
        tuple(_use(report)),
    )


def pnr_argv(target: Target, internal: bool, freq_mhz: float | None) -> list[str]:
    """nextpnr's arguments; a fixed seed, because another one gives another speed."""
    netlist = INTERNAL_JSON if internal else NETLIST_JSON
    free_pins = ["--pcf-allow-unconstrained"] if target.name == "ice40" else []
    freq = ["--freq", f"{freq_mhz:g}"] if freq_mhz else []
    return [
        *target.part_argv,
        *free_pins,
        *freq,
        *("--seed", "1"),
        "--timing-allow-fail",
        *("--json", f"{_SEEN_AS}/{netlist}"),
        *("--report", f"{_SEEN_AS}/{_REPORT}"),
    ]


def compiled(target: Target, cage: Cage, data_dir: Path) -> Path:
    """The folder with nextpnr compiled for this machine; made at the first call.

    Raises:
        MissingToolError: nextpnr isn't installed.
        SandboxError: it can't be compiled here, or the cache can't be written.
    """
    package = target.package
    require_package(package)
    kind = f"{package}-{version(package)}-wasmtime-{version('wasmtime')}"
    kept = data_dir.resolve() / "cache" / "yowasp" / kind
    if kept.is_dir():
        return kept / _COMPILED
    announce(f"nextpnr for {target.name}")
    limits = replace(cage.limits, cpu_s=_COMPILE_CPU_S)
    with Workspace(cage.uid) as workspace:
        made = workspace.path / _COMPILED
        run = _run(replace(cage, limits=limits), target, ["--version"], workspace, Path(_COMPILED))
        if not run.ok or not made.is_dir():
            raise SandboxError(f"nextpnr does not run here: {run.output.strip()[-300:]}")
        try:
            keep(kept, {_COMPILED: made}, _KEPT_BYTES)
        except OSError as error:
            raise SandboxError(
                f"cannot keep nextpnr in {kept}: {error.strerror or error}",
                remedy="point HDLSMITH_DATA_DIR at a folder that can be written",
            ) from error
    return kept / _COMPILED


def _run(
    cage: Cage,
    target: Target,
    argv: list[str],
    workspace: Workspace,
    cache: Path,
    *,
    read_only: bool = False,
) -> ToolRun:
    # wasmtime reserves address space by the gigabyte and uses little of it; the program inside
    # can't have more than the 4 GiB of its 32-bit memory.
    limits = replace(cage.limits, memory_bytes=max(cage.limits.memory_bytes, _ADDRESS_SPACE))
    run = run_script(
        replace(cage, limits=limits),
        target.package,
        _CHILD,
        [target.name, *argv],
        workspace,
        read_only=(cache,) if read_only else (),
        env={
            "YOWASP_CACHE_DIR": str(cache),
            "YOWASP_MOUNT": f"{_SEEN_AS}=.",  # it sees the workspace alone, even without bubblewrap
            "TMPDIR": ".",  # removed with the workspace, however the run ends
            "RAYON_NUM_THREADS": "4",  # one a core would break the limit on a large machine
        },
    )
    return replace(run, tool="nextpnr")


def _clocks(report: dict[str, Any], freq_mhz: float | None) -> tuple[Clock, ...]:
    found = (
        Clock(match[1] if (match := _CLOCK_OF.match(net)) else net, told["achieved"], freq_mhz)
        for net, told in report["fmax"].items()
    )
    return tuple(sorted(found, key=lambda clock: clock.fmax_mhz))


def _too_slow(clock: Clock) -> Diagnostic:
    message = f"{clock.name} reaches {clock.fmax_mhz:.1f} MHz of the {clock.target_mhz:g} asked for"
    return Diagnostic(Severity.ERROR, "too-slow", message, None, "nextpnr")


def _delay_ns(report: dict[str, Any]) -> float | None:
    delays = [
        sum(step["delay"] for step in path["path"])
        for path in report["critical_paths"]
        if path["from"] == path["to"] == "<async>"
    ]
    return max(delays, default=None)


def _use(report: dict[str, Any]) -> Iterator[Use]:
    for resource, told in report["utilization"].items():
        if told["used"]:
            yield Use(resource, told["used"], told["available"])
