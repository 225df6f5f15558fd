"""How near two files of a repository lie."""

from posixpath import dirname


def distance(path: str, near: str) -> tuple[int, str]:
    """How many folders up and down from one path to another; then the path, to settle ties.

    Without a path to be near to, all are equally far.
    """
    if not near:
        return 0, path
    here, there = _folders(path), _folders(near)
    shared = next(
        (at for at, (one, other) in enumerate(zip(here, there, strict=False)) if one != other),
        min(len(here), len(there)),
    )
    return len(here) + len(there) - 2 * shared, path


def _folders(path: str) -> list[str]:
    folder = dirname(path)
    return folder.split("/") if folder else []
