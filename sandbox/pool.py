"""Work spread over threads; the heavy lifting happens in child processes."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from hdlsmith.sandbox.process import kill_all

T = TypeVar("T")
R = TypeVar("R")

_GRACE_S = 2.0


def run_all(work: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Results as they come. The first error, or Ctrl-C, drops what has not begun.

    Raises:
        Exception: whatever `work` raised first.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="hdlsmith")
    waiting: set[Future[R]] = {pool.submit(work, item) for item in items}
    try:
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        kill_all()
        wait(waiting, timeout=_GRACE_S)  # for the folders of the killed tools to be removed
        raise
    pool.shutdown()
