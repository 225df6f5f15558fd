"""What a run in the sandbox yields. A PASS can't be built without positive evidence."""

from dataclasses import dataclass, field
from enum import StrEnum

from hdlsmith.design import Diagnostic, Port, errors_in
from hdlsmith.display import counted


class Outcome(StrEnum):
    """The closed set of ways a simulation ends. All speak of the design; our own failures raise."""

    PASS = "pass"  # noqa: S105 - no password
    MISMATCH = "mismatch"
    COMPILE_ERROR = "compile_error"
    TIMEOUT = "timeout"
    CRASH = "crash"
    NO_EVIDENCE = "no_evidence"
    DISAGREEMENT = "disagreement"
    TAMPERED = "tampered"


class Stopped(StrEnum):
    """Which limit ended a process."""

    CPU = "cpu"
    WALL = "wall"
    OUTPUT = "output"
    FILE_SIZE = "file_size"
    MEMORY = "memory"
    DISK = "disk"


@dataclass(frozen=True)
class Elaboration:
    """What the front end makes of a design.

    Attributes:
        diagnostics: errors before warnings where there are too many to keep them all.
        modules: names of the modules defined.
        tops: names of the modules elaborated as top.
        ports: ports of the first top, in order; widths are of the default parameters.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    modules: tuple[str, ...] = ()
    tops: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return errors_in(self.diagnostics)


@dataclass(frozen=True)
class ToolRun:
    """One finished process.

    Attributes:
        tool: short name (`iverilog`).
        argv: the command inside the cage.
        exit_code: as the tool gave it; 128 + n when signal n ended it.
        output: stdout and stderr in the order written, decoded with replacement, at most
            `Limits.output_bytes` long.
        wall_s: seconds from start to reaping.
        stopped_by: the limit that ended it, or None.
        cage: the isolation in force (`bubblewrap` or `limits`).
    """

    tool: str
    argv: tuple[str, ...]
    exit_code: int
    output: str
    wall_s: float
    cage: str
    stopped_by: Stopped | None = None

    @property
    def ok(self) -> bool:
        return self.exit_code == 0 and self.stopped_by is None

    @property
    def signal(self) -> int | None:
        """The signal that ended it; a plain exit code above 192, such as 255, is none."""
        return self.exit_code - 128 if 128 < self.exit_code <= 192 else None


@dataclass(frozen=True)
class SimResult:
    """A judged simulation.

    Attributes:
        checks: comparisons the testbench made; 0 when it told of none.
        failures: how many of them failed.
        evidence: the line or fact the outcome rests on, for a human.
        runs: the processes, in order (compile, simulate).

    Raises:
        ValueError: PASS with no check run, with a failure, or without a finished simulation.
    """

    outcome: Outcome
    checks: int
    failures: int
    evidence: str
    runs: tuple[ToolRun, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.outcome is not Outcome.PASS:
            return
        if self.checks < 1 or self.failures:
            raise ValueError("a PASS needs at least one check and no failure")
        if not self.runs or not all(run.ok for run in self.runs):
            raise ValueError("a PASS needs a simulation that ran to its end")

    @property
    def log(self) -> str:
        """Everything the tools printed, in order."""
        return "".join(run.output for run in self.runs)

    def __str__(self) -> str:
        checks = f", {counted(self.checks, 'check')}" if self.checks else ""
        return f"{self.outcome.upper()}{checks}: {self.evidence}"
