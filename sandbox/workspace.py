"""One fresh folder a run: written, used, removed."""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import IO

from hdlsmith.design import SourceFile
from hdlsmith.errors import SandboxError
from hdlsmith.sandbox.cage import FIRST_UID

_MIN_FREE_BYTES = 1 << 20
_PREFIX = "hdlsmith-run-"
_STALE_S = 3600.0


class Workspace:
    """A fresh temporary folder, removed on exit.

    It is locked while its maker lives: the first one of a later process removes what a killed
    process left behind.

    Args:
        owner: the user its content is given to, when tools run as another than ours.

    Raises:
        SandboxError: the folder can't be made or written (full disk, no permission).
    """

    def __init__(self, owner: int | None = None) -> None:
        self._owner = owner
        try:
            _remove_stale(tempfile.gettempdir())
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
            self._lock = os.open(self.path, os.O_RDONLY)
            _locks(self._lock)
            self._give(self.path)
        except OSError as error:
            raise _disk_error(error) from error

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        _remove(self.path)
        os.close(self._lock)

    def write(self, files: Iterable[SourceFile]) -> None:
        """Put the files where their paths say; never through a link that a tool left there."""
        try:
            for file in files:
                target = self.path / file.path
                for folder in reversed(target.relative_to(self.path).parents[:-1]):
                    (self.path / folder).mkdir(exist_ok=True)
                    self._give(self.path / folder)
                    if (self.path / folder).is_symlink():
                        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(target))
                flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
                with os.fdopen(os.open(target, flags, 0o644), "wb") as into:
                    into.write(file.text.encode("utf-8", "surrogatepass"))
                self._give(target)
        except OSError as error:
            raise _disk_error(error) from error

    def _give(self, path: Path) -> None:
        if self._owner is not None:
            os.chown(path, self._owner, self._owner, follow_symlinks=False)


def check_space(folder: Path) -> None:
    """Tell a full disk, which is our failure, from a design's.

    Raises:
        SandboxError: the file system of the folder has no room left.
    """
    room = os.statvfs(folder)
    if room.f_bavail * room.f_frsize < _MIN_FREE_BYTES:
        raise _disk_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)))


def read_bounded(path: Path, most_bytes: int) -> str:
    """The head of a file that a tool left behind; "" where it left none, or a link."""
    file = _left_behind(path)
    if not file:
        return ""
    with file:
        return file.read(most_bytes).decode("utf-8", "replace")


def copy_out(source: Path, target: Path) -> bool:
    """Copy a file that a tool left behind; False where it left none, or a link or a pipe.

    Raises:
        OSError: the target can't be written.
    """
    left = _left_behind(source)
    if not left:
        return False
    with left, target.open("wb") as copy:
        shutil.copyfileobj(left, copy, 1 << 20)
    return True


def _left_behind(path: Path) -> IO[bytes] | None:
    """A regular file of a workspace, opened; None for a link, a pipe, or what lies behind a link.

    What left it is dead by now, so that nothing changes while we look.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    opened = os.fdopen(file, "rb")
    if stat.S_ISREG(os.fstat(file).st_mode) and path.parent.resolve() == path.parent:
        return opened
    opened.close()
    return None


@cache
def _remove_stale(folder: str) -> None:
    """Once a process: remove workspaces whose maker was killed, when an hour has gone by."""
    for entry in list(os.scandir(folder)):
        with contextlib.suppress(OSError):
            if not entry.name.startswith(_PREFIX) or not entry.is_dir(follow_symlinks=False):
                continue
            found = entry.stat(follow_symlinks=False)
            # Root gives its workspaces to users that nobody is.
            ours = found.st_uid == os.geteuid() or (os.geteuid() == 0 and found.st_uid >= FIRST_UID)
            if not ours or time.time() - found.st_ctime < _STALE_S:
                continue
            held = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if _locks(held):
                    _remove(Path(entry.path))
            finally:
                os.close(held)


def _locks(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another holds it, or this file system has no locks
        return False
    return True


def _remove(path: Path) -> None:
    """Remove a folder, however deep or locked; what still resists is left behind."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        if path.exists():
            _remove_by_hand(path)


def _remove_by_hand(path: Path) -> None:
    """Without recursion and long paths: down into the first folder there is, and up by `..`."""
    way: list[str] = []
    path.chmod(0o700)
    here = os.open(path, os.O_RDONLY)
    while True:
        if below := _empty_of_files(here):
            way.append(below)
            os.chmod(below, 0o700, dir_fd=here)
            there = os.open(below, os.O_RDONLY, dir_fd=here)
        elif way:
            there = os.open("..", os.O_RDONLY, dir_fd=here)
            os.rmdir(way.pop(), dir_fd=there)
        else:
            break
        os.close(here)
        here = there
    os.close(here)
    path.rmdir()


def _empty_of_files(folder: int) -> str:
    """Remove files up to the first folder; the name of that, or "" where there is none."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                return entry.name
            os.unlink(entry.name, dir_fd=folder)
    return ""


def _disk_error(error: OSError) -> SandboxError:
    return SandboxError(
        f"cannot use the workspace {error.filename or tempfile.gettempdir()}: {error.strerror}",
        remedy="free some space there, or point TMPDIR at a folder with room",
    )
