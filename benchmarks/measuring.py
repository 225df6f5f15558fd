"""What all measurements of time share: the clock, and that no failed run is measured."""

import time
from collections.abc import Callable

from hdlsmith.errors import SandboxError


def timed_s(work: Callable[[], object]) -> float:
    """Wall seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def must_work(ok: bool) -> None:
    """
    Raises:
        SandboxError: a run of the measurement failed.
    """
    if not ok:
        raise SandboxError("a run of the measurement failed")
