"""An index to explain out of: the one around a folder, or one that lives as long as the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hdlsmith.design import real_path
from hdlsmith.errors import InputError
from hdlsmith.index_settings import IndexSettings
from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.building.progress import Progress
from hdlsmith.retrieval.store.index import Index, find_index

_BELOW = "*/*"


def index_around(start: Path) -> Path | None:
    """The index folder nearest to a folder, upwards; None where there is none."""
    try:
        return find_index(start)
    except InputError:
        return None


@contextmanager
def passing_index(root: Path, *, deep: bool, progress: Progress | None = None) -> Iterator[Index]:
    """An index of a folder that is gone afterwards; nothing is written into the folder.

    Args:
        deep: with the folders below; else its own files alone.

    Raises:
        InputError: the root is no folder.
    """
    settings = IndexSettings() if deep else IndexSettings(exclude=(_BELOW,))
    with TemporaryDirectory(prefix="hdlsmith-") as folder:
        build(root, Path(folder) / "index", settings, with_words=False, progress=progress)
        with Index(Path(folder) / "index") as index:
            yield index


@contextmanager
def index_of(path: Path, progress: Progress) -> Iterator[tuple[Index, str]]:
    """An index that holds a folder or a file, and where that is in it: the index around, or one
    made now.

    Raises:
        InputError: there is nothing at the path, or the index around does not hold it.
    """
    real = real_path(path)
    if not real.exists():
        raise InputError(f"there is no {path}", remedy="name a folder or a source file")
    root = real if real.is_dir() else real.parent
    around = index_around(root)
    if around is None:
        with passing_index(root, deep=real.is_dir(), progress=progress) as index:
            yield index, "" if real.is_dir() else real.name
        return
    with Index(around) as index:
        below = real.relative_to(index.root).as_posix()
        yield index, "" if below == "." else below
