"""The one door to the user's files: nothing outside the root, nothing hidden, no settings."""

import re
import shutil
from codecs import BOM_UTF8
from contextlib import suppress
from pathlib import Path, PurePosixPath

from hdlsmith.agent.chat.state import Change, Edit
from hdlsmith.agent.templates.patch import diff
from hdlsmith.design import MAX_SOURCE_BYTES, Design, SourceFile, decode_source, read_source
from hdlsmith.errors import InputError
from hdlsmith.settings import CONFIG_NAME

_AWKWARD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Root:
    """The folder that a conversation is about.

    Hidden files and folders (`.git`, `.env`, `.github`) and `hdlsmith.toml` are neither read nor
    written: they hold keys, or decide what is run and in what cage.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def inside(self, name: str) -> Path:
        """The real path of a file or folder, links followed; it need not exist.

        Raises:
            InputError: it lies outside the root, is hidden, or holds settings.
        """
        try:
            self._check(PurePosixPath(name), name)
            path = (self.folder / name).resolve()
            path.exists()  # a name may be too long to ask about
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(f"{name!a} is no usable path") from error
        if not path.is_relative_to(self.folder):
            raise InputError(f"{name!a} leads out of {self.folder}")
        self._check(PurePosixPath(path.relative_to(self.folder).as_posix()), name)
        return path

    def read(self, name: str) -> str:
        """A file's text, its line ends as they are.

        Raises:
            InputError: as `inside`, or it is no text file.
        """
        path = self.inside(name)
        text = read_source(path, "file").text
        with path.open("rb") as file:
            marked = file.read(len(BOM_UTF8)) == BOM_UTF8
        return f"\ufeff{text}" if marked else text

    def edit(self, name: str, after: str) -> Edit:
        """What writing this text to a file would change.

        Raises:
            InputError: as `inside`; or what is there is no text file, or the text makes none.
        """
        path = self.inside(name)
        _check_text(after, name)
        before = self.read(name) if path.exists() else None
        return Edit(path.relative_to(self.folder).as_posix(), before, after)

    def apply(self, change: Change) -> None:
        """Put the new texts in place; doing it twice is doing it once.

        Raises:
            InputError: as `inside`; or a file is no longer what the change was made from, or
                can't be written. Nothing is changed then.
        """
        for edit in change.edits:
            path = self.inside(edit.path)
            now = self.read(edit.path) if path.exists() else None
            if now not in (edit.before, edit.after):
                raise InputError(f"{edit.path} has changed in the meantime", remedy="look again")
        try:
            for edit in change.edits:
                _put(self.inside(edit.path), edit.after)
        except BaseException as error:  # Ctrl-C as well: files change together or not at all
            for edit in change.edits:
                with suppress(OSError, InputError):
                    _put(self.inside(edit.path), edit.before)
            if isinstance(error, OSError):
                raise InputError(f"cannot write {edit.path}: {error.strerror}") from error
            raise

    def _check(self, path: PurePosixPath, name: str) -> None:
        if _AWKWARD.search(name):
            raise InputError(f"{name!a} holds characters that no file name should")
        if path.is_absolute() or ".." in path.parts or not name.strip():
            raise InputError(f"{name!a} is no path below {self.folder}")
        if any(part.startswith(".") for part in path.parts):
            raise InputError(f"{name!a} is hidden: a chat leaves such files alone")
        if path.name.casefold() == CONFIG_NAME:
            raise InputError(f"{name!a} holds settings: a chat leaves them alone")


def reversed_change(change: Change) -> Change:
    """The change that takes another one back."""
    edits = (Edit(edit.path, edit.after, edit.before) for edit in change.edits)
    return Change(tuple(edits), f"undo: {change.why}")


def unified(change: Change) -> str:
    """The change as a unified diff, as `patch -p1` takes it."""

    def side(texts: list[tuple[str, str | None]]) -> Design:
        return Design(tuple(SourceFile(path, text or "", None) for path, text in texts))

    return diff(
        side([(edit.path, edit.before) for edit in change.edits]),
        side([(edit.path, edit.after) for edit in change.edits]),
    )


def _check_text(text: str, name: str) -> None:
    """
    Raises:
        InputError: a file with this text could not be read, and so its change not be taken back.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the text for {name!a} is no Unicode") from error
    if len(data) > MAX_SOURCE_BYTES:
        raise InputError(f"the text for {name!a} is longer than {MAX_SOURCE_BYTES:,} bytes")
    decode_source(data, f"the text for {name!a}")


def _put(path: Path, text: str | None) -> None:
    """Replace a file at once, so that a kill leaves the old one or the new one."""
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.hdlsmith-new")
    fresh.unlink(missing_ok=True)
    try:
        with fresh.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
        if path.exists():
            shutil.copymode(path, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
