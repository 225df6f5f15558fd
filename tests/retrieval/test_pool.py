"""Worker processes: every job comes back once, whatever becomes of its worker."""

import mmap
import os
import signal
import time
from typing import Any

import pytest

from hdlsmith.retrieval.building import pool


def _misbehave(job: int) -> Any:
    if job % 7 == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if job % 7 == 5:
        raise ValueError("no such thing")
    if job == 6:
        time.sleep(60)
    if job == 8:
        return object()  # marshal refuses it
    return b"x" * 50_000_000 if job == 9 else job


@pytest.mark.parametrize("workers", [1, 3])
def test_every_job_comes_back_once(workers: int) -> None:
    found = {outcome.job: outcome for outcome in pool.run(_misbehave, range(100), workers, 0.5)}
    assert sorted(found) == list(range(100))
    assert found[3].failure == "its reader crashed (SIGKILL)"
    assert found[5].failure == "ValueError: no such thing"
    assert found[6].failure == "took longer than 0.5 s"
    assert found[8].failure == "its reader ended"
    assert len(found[9].result) == 50_000_000
    assert [found[job].result for job in (0, 1, 99)] == [0, 1, 99]
    assert list(pool.run(_misbehave, [], workers, 1)) == []


def test_a_slow_caller_is_not_flooded() -> None:
    count = 4000
    done = mmap.mmap(-1, count)  # shared with the workers

    def note(job: int) -> str:
        done[job] = 1
        return "x" * 1000

    outcomes = pool.run(note, range(count), 6, 10)
    for _ in range(500):
        next(outcomes)
        time.sleep(0.001)
    assert sum(done[:]) < 500 + 256 + 6 * (64 + 1) + 64
    outcomes.close()
