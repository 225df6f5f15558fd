"""What a running tool and everything it started use together.

A process limit binds each process alone: sixty-four of them may burn and hold sixty-four times
as much, and many small files fill a disk as well as a large one does. There is no control group
to ask where hdlsmith runs, so /proc is asked; a look takes well under a millisecond.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_ENTRY_BYTES = 4096
"""What a file costs at least: an endless number of empty ones fills a disk, too."""


@dataclass(frozen=True)
class Usage:
    """What a process and its descendants use.

    Attributes:
        cpu_s: CPU seconds so far, those of ended descendants included.
        memory_bytes: resident now; pages that they share are counted for each.
        written_bytes: written to disks so far, those of ended descendants included; 0 for a
            process that hides it, and of file systems in memory.
    """

    cpu_s: float
    memory_bytes: int
    written_bytes: int


def usage_of(pid: int) -> Usage:
    """Sum over a process and all that descend from it; zeros where it has ended."""
    ticks = pages = written = 0
    for each in _tree(pid):
        with contextlib.suppress(OSError):  # it ended meanwhile, or hides from us
            # The name may hold blanks and brackets; user, system, and both of dead children.
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
            pages += int(fields[21])
            told = Path(f"/proc/{each}/io").read_text()
            written += int(told.partition("\nwrite_bytes: ")[2].partition("\n")[0] or 0)
    return Usage(ticks / _TICKS, pages * _PAGE_BYTES, written)


def _tree(pid: int) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        each = waiting.pop()
        yield each
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())


def folder_bytes(folder: Path, enough: int) -> int:
    """What the files below a folder take on the disk; stops counting above `enough`.

    A folder that can't be entered, or lies too deep for a path, counts as enough: no tool needs
    one.
    """
    found = 0
    waiting = [str(folder)]
    while waiting and found <= enough:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    with contextlib.suppress(FileNotFoundError):
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                        found += _ENTRY_BYTES + entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:
            continue
        except OSError:
            return enough + 1
    return found
