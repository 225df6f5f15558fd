"""Peak memory of a process and all that it starts."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_EVERY_S = 0.05


class PeakMemory:
    """Looks at a process tree twenty times a second until it is told to stop.

    Attributes:
        peak_bytes: largest sum of resident memory; pages that processes share count for each.
    """

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_EVERY_S):
            now = sum(map(_resident_bytes, _tree(self._pid)))
            self.peak_bytes = max(self.peak_bytes, now)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):  # it has just ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _resident_bytes(pid: int) -> int:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    return 0
