"""Worker processes for work on hostile input: one that crashes or stalls costs one job."""

import gc
import marshal
import os
import resource
import selectors
import signal
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from typing import Any, Generic, NoReturn, TypeVar

Job = TypeVar("Job")

_MEMORY_BYTES = 4 << 30
"""Address space of a worker; a job that wants more fails."""

_AHEAD = 64
"""Jobs a worker is given at once, so that it never waits for a parent that is busy."""

_BUFFER_BYTES = 4 << 20
"""Of outcomes that a worker can send while the parent is busy; the system may grant it less."""

_HELD = 256
"""Outcomes that wait for a job before them, at most: they lie in memory."""


@dataclass(frozen=True)
class Outcome(Generic[Job]):
    """What became of a job: a result, or the reason why there is none."""

    job: Job
    result: Any = None
    failure: str = ""


@dataclass
class _Worker:
    pid: int
    pipe: Connection
    given: deque[int] = field(default_factory=deque)


def run(
    task: Callable[[Job], Any], jobs: Sequence[Job], workers: int, timeout_s: float
) -> Iterator[Outcome[Job]]:
    """Do all jobs in worker processes, and yield each in its turn, or later if it takes long.

    Workers are forked: they know all that the caller knows at this moment, so no job is sent, only
    its number. What they send back must be plain tuples, lists, text and numbers: `marshal` takes
    a third of the time of `pickle` for them.

    Args:
        jobs: those that take long had better stand first.
        timeout_s: what one job may take.
    """
    waiting = deque(range(len(jobs)))
    alive: dict[int, _Worker] = {}
    done: dict[int, Outcome[Job]] = {}
    turn = 0
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or alive or done:
                while waiting and len(alive) < workers:
                    worker = _start(task, jobs, timeout_s)
                    alive[worker.pid] = worker
                    selector.register(worker.pipe, selectors.EVENT_READ, worker)
                    _give(worker, waiting, _AHEAD)
                # While many wait, the rest waits in the pipes: a slow caller costs no memory.
                is_full = len(done) > _HELD
                in_turn = done and (min(done) <= turn or is_full or not alive)
                for key, _ in () if is_full else selector.select(0 if in_turn else None):
                    worker = key.data
                    try:
                        message = worker.pipe.recv_bytes()
                    except (EOFError, OSError):
                        selector.unregister(worker.pipe)
                        why = _bury(alive.pop(worker.pid), timeout_s)
                        if worker.given:
                            number = worker.given.popleft()
                            done[number] = Outcome(jobs[number], failure=why)
                            waiting.extendleft(reversed(worker.given))
                        continue
                    number = worker.given.popleft()
                    _give(worker, waiting, 1)
                    if not worker.given:
                        selector.unregister(worker.pipe)
                        _bury(alive.pop(worker.pid), timeout_s)
                    failure, result = marshal.loads(message)  # noqa: S302 - from our own fork
                    done[number] = Outcome(jobs[number], result, failure)
                if in_turn:  # one at a time: the caller may take long, and workers want jobs
                    first = min(done)
                    turn = max(turn, first + 1)
                    yield done.pop(first)
        finally:
            for worker in alive.values():
                _bury(worker, timeout_s)


def _give(worker: _Worker, waiting: deque[int], count: int) -> None:
    while waiting and count:
        worker.given.append(waiting.popleft())
        count -= 1
        with suppress(BrokenPipeError):  # it has just died: the next look at it tells
            worker.pipe.send_bytes(worker.given[-1].to_bytes(4, "big"))


def _bury(worker: _Worker, timeout_s: float) -> str:
    """End a worker, and say what it died of if it was dead already."""
    worker.pipe.close()
    with suppress(ProcessLookupError):
        os.kill(worker.pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])
    if -code == signal.SIGALRM:
        return f"took longer than {timeout_s:g} s"
    return f"its reader crashed ({signal.Signals(-code).name})" if code < 0 else "its reader ended"


def _start(task: Callable[[Job], Any], jobs: Sequence[Job], timeout_s: float) -> _Worker:
    ours, theirs = Pipe()
    with socket.socket(fileno=os.dup(theirs.fileno())) as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
    # Python loses a Ctrl-C that comes while it forks.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        pid = os.fork()
        if pid == 0:
            try:
                _serve(task, jobs, timeout_s, theirs)
            finally:
                os._exit(1)  # nothing of the parent's may be flushed, closed or rolled back here
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return _Worker(pid, ours)


def _serve(
    task: Callable[[Job], Any], jobs: Sequence[Job], timeout_s: float, pipe: Connection
) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends even a worker that is lost in C++
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    # A database, a lock, another worker's pipe: what is open here too would outlive the parent.
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.closerange(3, pipe.fileno())
    os.closerange(pipe.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
    gc.disable()  # what a job leaves refers to nothing that refers to it
    while True:
        try:
            number = int.from_bytes(pipe.recv_bytes(), "big")
        except EOFError:
            os._exit(0)
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
        try:
            answer = ("", task(jobs[number]))
        except Exception as error:  # whatever it is, it is about this job alone
            answer = (f"{type(error).__name__}: {error}", None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        pipe.send_bytes(marshal.dumps(answer))
