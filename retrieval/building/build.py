"""Building an index anew, and bringing one up to date: one builder at a time."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hdlsmith.design import make_folder
from hdlsmith.errors import InputError
from hdlsmith.file_lock import try_lock
from hdlsmith.index_settings import IndexSettings
from hdlsmith.retrieval.building.change import Changes, bring_in_line
from hdlsmith.retrieval.building.progress import Progress, Silent
from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.writer import Writer

_DEFAULTS = IndexSettings()
_MEANINGS = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}


def build(
    root: Path,
    folder: Path | None = None,
    settings: IndexSettings = _DEFAULTS,
    *,
    with_words: bool = True,
    progress: Progress | None = None,
) -> Changes:
    """Index a repository anew; an index that is there is replaced at the very end.

    Args:
        folder: of the index; `.hdlsmith` in the root by default.

    Raises:
        InputError: the root is no folder, or another process builds there.
        OSError: the disk is full, or fails.
    """
    root = _folder(root)
    folder = folder or root / schema.FOLDER
    if folder.name == schema.FOLDER and folder.resolve().parent != root:
        raise InputError(
            f"{folder} is for the index of the folder around it", remedy="call it something else"
        )
    make_folder(folder)
    with _alone(folder):
        (folder / ".gitignore").write_text("*\n")
        schema.sweep(folder)
        database, path = schema.create(folder)
        try:
            with schema.transaction(database):
                changes = bring_in_line(
                    Writer(database), root, settings, with_words, progress or Silent()
                )
            schema.publish(database, folder, path)
        except BaseException:
            database.close()
            path.unlink(missing_ok=True)
            raise
    return changes


def update(
    folder: Path, settings: IndexSettings = _DEFAULTS, *, progress: Progress | None = None
) -> Changes:
    """Bring an index up to date, all at once or, if that fails, not at all.

    Filelists are those of the settings, or else those that the index was built with.

    Raises:
        InputError: there is no usable index, its repository has gone, or another process builds
            there.
        OSError: the disk is full, or fails.
    """
    with _alone(folder):
        database = schema.open_writing(folder)
        try:
            writer = Writer(database)
            meta = writer.meta()
            root = _folder(schema.root_of(database, folder))
            if not settings.filelist:
                told = tuple(meta["filelist"].splitlines())
                settings = settings.model_copy(update={"filelist": told})
            with schema.transaction(database):
                changes = bring_in_line(
                    writer, root, settings, meta["words"] == "1", progress or Silent()
                )
        finally:
            database.close()
    return changes


def _folder(root: Path) -> Path:
    if not root.is_dir():
        raise InputError(f"{root} is no folder", remedy="name the root of a repository")
    return root.resolve()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    schema.refuse_links(folder)
    with (folder / "lock").open("w") as lock:
        if not try_lock(lock):
            raise InputError(
                f"another process is building the index in {folder}", remedy="wait for its end"
            )
        try:
            yield
        except sqlite3.OperationalError as error:
            number = _MEANINGS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
            if number is None:
                raise
            raise OSError(number, os.strerror(number), str(folder)) from error
