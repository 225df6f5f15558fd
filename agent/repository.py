"""The user's own repository, as the loop sees it: evidence out of its index, and its habits."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hdlsmith.errors import InputError
from hdlsmith.retrieval.nodes import Evidence
from hdlsmith.retrieval.searching.query import Query
from hdlsmith.retrieval.store.index import find_index
from hdlsmith.retrieval.structure.conventions import Conventions, conventions_of

if TYPE_CHECKING:
    from hdlsmith.retrieval.searching.searcher import Searcher


class Repository(Protocol):
    """What roles may ask of the user's repository."""

    @property
    def name(self) -> str:
        """For a human: where it is."""
        ...

    def gather(self, query: Query) -> tuple[Evidence, ...]:
        """Evidence under the query's token budget, best first."""
        ...

    def conventions(self) -> Conventions:
        """How its designers name and style things."""
        ...

    def knows(self, name: str) -> bool:
        """Whether anything in it is called so."""
        ...


class IndexedRepository:
    """A repository behind its index."""

    def __init__(self, searcher: "Searcher") -> None:
        self._searcher = searcher

    @property
    def name(self) -> str:
        return str(self._searcher.index.root)

    def gather(self, query: Query) -> tuple[Evidence, ...]:
        from hdlsmith.retrieval.searching.gather import gather

        return gather(self._searcher, query)

    def conventions(self) -> Conventions:
        return conventions_of(self._searcher.index)

    def knows(self, name: str) -> bool:
        return bool(self._searcher.index.named(name))


def find_repository(start: Path) -> IndexedRepository | None:
    """The repository whose index is nearest to a folder, upwards; None where there is no index.

    Raises:
        InputError: the index that is there can't be used.
    """
    try:
        folder = find_index(start)
    except InputError:
        return None
    return open_repository(folder)


def open_repository(folder: Path) -> IndexedRepository:
    """The repository behind an index folder.

    Raises:
        InputError: the index can't be used.
    """
    from hdlsmith.retrieval.searching.searcher import Searcher

    return IndexedRepository(Searcher(folder))
