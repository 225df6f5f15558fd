"""What a reference model expects, worked out in the cage, where no design is."""

import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat

from hdlsmith.agent.testing.reference import Reference
from hdlsmith.agent.testing.testbench import Schedule, expecting_script
from hdlsmith.design import SourceFile
from hdlsmith.sandbox import process
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.python_child import interpreter
from hdlsmith.sandbox.results import ToolRun
from hdlsmith.sandbox.workspace import Workspace, read_bounded

_SCRIPT, _EXPECTED = "expecting.py", "expected.txt"
_HASH_SEEDS = ("1", "2")
"""Sets and dicts of strings are ordered by it: a model that depends on that is none."""

_CPU_S = 5
_MEMORY_BYTES = 512 << 20


@dataclass(frozen=True)
class Expectation:
    """
    Attributes:
        trace: one a step of the stimuli: the bits of all outputs in their order; `0`, `1`, or `-`
            where one is not compared.
    """

    trace: tuple[str, ...]

    @property
    def compared(self) -> int:
        """Steps in which anything is compared."""
        return sum(set(bits) != {"-"} for bits in self.trace)

    @property
    def constant(self) -> bool:
        """Whether no output bit ever changes."""
        return not any({"0", "1"} <= set(column) for column in zip(*self.trace, strict=True))

    def masked(self, samples: Sequence[str]) -> tuple[str, ...]:
        """What a design showed, with a `-` wherever this has one; equal traces are a pass."""
        return tuple(
            "".join("-" if e == "-" else s for s, e in zip(shown, expected, strict=True))
            for shown, expected in zip(samples, self.trace, strict=True)
        )


@dataclass(frozen=True)
class Unusable:
    """A reference that can't be held against anything.

    Attributes:
        because: in a few words.
    """

    because: str


def expect(reference: Reference, schedule: Schedule, cage: Cage) -> Expectation | Unusable:
    """Ask a reference for all cycles, twice: it must say the same again.

    Raises:
        SandboxError: the sandbox failed, not the reference.
    """
    if reference.refused:
        return Unusable(reference.refused)
    seed, other = _HASH_SEEDS
    found = _run(reference, schedule, cage, seed)
    if isinstance(found, Expectation) and _run(reference, schedule, cage, other) != found:
        return Unusable("it does not expect the same twice")
    return found


def _run(reference: Reference, schedule: Schedule, cage: Cage, seed: str) -> Expectation | Unusable:
    one = cage.limits
    limits = replace(
        one, cpu_s=min(one.cpu_s, _CPU_S), memory_bytes=min(one.memory_bytes, _MEMORY_BYTES)
    )
    end = secrets.token_hex(8)
    width = sum(port.width_bits for port in schedule.stimuli.outputs)
    most_bytes = (width + 1) * len(schedule.vectors) + len(end) + 1
    script = expecting_script(reference, schedule, _EXPECTED, end)
    with Workspace(cage.uid) as workspace:
        workspace.write((SourceFile(_SCRIPT, script, None),))
        run = process.run(
            replace(cage, limits=limits),
            "python",
            [sys.executable, "-P", "-s", "-S", _SCRIPT],
            workspace.path,
            read_only=interpreter(),
            env={"PYTHONHASHSEED": seed},
        )
        if not run.ok:
            return Unusable(_failure(run))
        *lines, last = read_bounded(workspace.path / _EXPECTED, most_bytes).split() or [""]
    if (
        last != end
        or len(lines) != len(schedule.vectors)
        or any(_odd(line, width) for line in lines)
    ):
        return Unusable("it ends before its time")
    if not schedule.stimuli.clock:
        return Expectation(tuple(lines))
    nothing = repeat("-" * width)
    return Expectation(tuple(chain.from_iterable(zip(lines, nothing, strict=False))))


def _odd(line: str, width: int) -> bool:
    return len(line) != width or not set(line) <= set("01-")


def _failure(run: ToolRun) -> str:
    if run.stopped_by:
        return f"it was stopped by its {run.stopped_by.replace('_', ' ')} limit"
    said = run.output.strip().splitlines()
    return said[-1][:200] if said else f"it ended with exit code {run.exit_code}"
