"""Waiting for the files of a repository to change."""

from collections.abc import Iterator
from pathlib import Path

from hdlsmith.errors import MissingToolError

_QUIET_MS = 200
"""How long nothing must happen before a change counts as complete."""


def changes(root: Path) -> Iterator[None]:
    """Once at the beginning, and then whenever files have changed and it is quiet again.

    Raises:
        MissingToolError: watchfiles is not installed.
    """
    try:
        from watchfiles import Change, watch
    except ImportError as error:
        raise MissingToolError(
            "watchfiles is not installed", remedy="pip install 'hdlsmith[index]'"
        ) from error

    def counts(_: Change, path: str) -> bool:
        inside = Path(path).relative_to(root).parts
        return not any(part.startswith(".") for part in inside)

    begun = False
    for found in watch(
        root, watch_filter=counts, step=_QUIET_MS, rust_timeout=_QUIET_MS, yield_on_timeout=True
    ):
        if found or not begun:  # at the beginning it is watching already: no change is missed
            begun = True
            yield
