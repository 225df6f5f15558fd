"""Folders of files that cost time to make: kept under a name, whole or not at all, up to a size.

Only this process writes there, never a caged one; what is put away came out of a cage first.
"""

import errno
import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

_UNFINISHED = ".new-"
_ABANDONED_S = 3600.0


def announce(what: str) -> None:
    """Tell the user, on stderr, what the coming wait is for."""
    logging.getLogger("hdlsmith").warning("preparing %s: half a minute, once", what)


def keep(entry: Path, content: Mapping[str, Path | str], most_bytes: int) -> None:
    """Make the folder `entry`, and drop what was used longest ago.

    An entry that is there already stays: equal names mean equal content.

    Args:
        content: name -> the file or folder to copy, or a text.
        most_bytes: what all entries beside it may take together.

    Raises:
        OSError: the disk is full, or the folder can't be written; nothing is left behind.
    """
    entry.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=_UNFINISHED, dir=entry.parent))
    try:
        for name, source in content.items():
            if isinstance(source, str):
                (fresh / name).write_text(source, "utf-8")
            elif source.is_dir():
                shutil.copytree(source, fresh / name)
            else:
                shutil.copy(source, fresh / name)
        fresh.chmod(0o755)  # the cage's user reads it
        while not entry.is_dir():  # it may come, and go again, while we look
            with _unless_there():
                fresh.rename(entry)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    _drop_oldest(entry, most_bytes)


@contextmanager
def _unless_there() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise


def touch(entry: Path) -> None:
    """Mark an entry as used now."""
    with suppress(FileNotFoundError):  # another process has just dropped it
        os.utime(entry)


def _drop_oldest(newest: Path, most_bytes: int) -> None:
    left = most_bytes
    now = time.time()
    for used_s, size, folder in sorted(_folders(newest.parent), reverse=True):
        left -= size
        if folder.name.startswith(_UNFINISHED):
            if now - used_s > _ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)
        elif left < 0 and folder != newest:
            _drop(folder)


def _drop(folder: Path) -> None:
    # By way of another name: whoever is killed halfway must not leave half an entry.
    doomed = folder.with_name(f"{_UNFINISHED}{folder.name}")
    with suppress(OSError):  # another process was first
        folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def _folders(parent: Path) -> Iterator[tuple[float, int, Path]]:
    """When it was used last, its bytes, and where it is."""
    for folder in parent.iterdir():
        with suppress(FileNotFoundError, NotADirectoryError):
            size = sum(file.stat().st_size for file in folder.rglob("*"))
            yield folder.stat().st_mtime, size, folder
