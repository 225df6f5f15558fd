"""One fresh folder a run: written, used, removed."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from hdlsmith.design import SourceFile
from hdlsmith.errors import SandboxError

_MIN_FREE_BYTES = 1 << 20


class Workspace:
    """A fresh temporary folder, removed on exit.

    Args:
        owner: the user its content is given to, when tools run as another than ours.

    Raises:
        SandboxError: the folder can't be made or written (full disk, no permission).
    """

    def __init__(self, owner: int | None = None) -> None:
        self._owner = owner
        try:
            self.path = Path(tempfile.mkdtemp(prefix="hdlsmith-"))
            self._give(self.path)
        except OSError as error:
            raise _disk_error(error) from error

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        if self.path.exists():
            _unlock(self.path)
            shutil.rmtree(self.path, ignore_errors=True)  # what still resists is left behind

    def write(self, files: Iterable[SourceFile]) -> None:
        """Put the files where their paths say."""
        try:
            for file in files:
                target = self.path / file.path
                for folder in reversed(target.relative_to(self.path).parents[:-1]):
                    (self.path / folder).mkdir(exist_ok=True)
                    self._give(self.path / folder)
                target.write_bytes(file.text.encode("utf-8", "surrogatepass"))
                self._give(target)
        except OSError as error:
            raise _disk_error(error) from error

    def _give(self, path: Path) -> None:
        if self._owner is not None:
            os.chown(path, self._owner, self._owner, follow_symlinks=False)

    def check_space(self) -> None:
        """Tell a full disk, which is our failure, from a design's.

        Raises:
            SandboxError: the file system of the workspace has no room left.
        """
        room = os.statvfs(self.path)
        if room.f_bavail * room.f_frsize < _MIN_FREE_BYTES:
            raise _disk_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path)))


def read_bounded(path: Path, most_bytes: int) -> str:
    """The head of a file that a tool left behind; "" where it left none, or a link."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return file.read(most_bytes).decode("utf-8", "replace")


def _unlock(path: Path) -> None:
    """Open the folders that a tool left with no way in."""
    for parent, folders, _ in os.walk(path):  # a folder is listed after its parent was yielded
        for name in folders:
            folder = Path(parent, name)
            if not folder.is_symlink():
                folder.chmod(0o700)


def _disk_error(error: OSError) -> SandboxError:
    return SandboxError(
        f"cannot use the workspace {error.filename or tempfile.gettempdir()}: {error.strerror}",
        remedy="free some space there, or point TMPDIR at a folder with room",
    )
