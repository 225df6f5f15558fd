"""The vectors, in Chroma: one collection an embedder and family of kinds.

A vector's id is a hash of the embedded text, so that equal texts share one; to which nodes a text
belongs is the index's knowledge.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from hdlsmith.retrieval.vectors.embedders import Vectors
from hdlsmith.retrieval.vectors.places import Place, failing_typed, place_of
from hdlsmith.settings import ChromaSettings

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_BATCH = 5000
"""Chroma takes 5,461 at once."""

_HNSW: Any = {"space": "cosine", "sync_threshold": 100, "batch_size": 100}
"""What lies in Chroma's log and not in its graph yet is put there anew by every process that asks:
0.1 s a thousand vectors. So little stays in the log."""


class Near(NamedTuple):
    """A text near to what was asked; `similarity` is the cosine, 1 at most."""

    key: str
    similarity: float


class VectorStore:
    """Where the vectors of one index and one embedder are."""

    def __init__(self, index: Path, embedder: str, settings: ChromaSettings) -> None:
        """
        Args:
            index: the index folder.
            embedder: its name.
        """
        self._place: Place = place_of(index, settings.http)
        self._embedder = embedder
        self._last: Collections | None = None

    def is_there(self) -> bool:
        """Whether anything was ever stored; a server may know more."""
        return self._place.is_there()

    @contextmanager
    def reading(self) -> Iterator["Collections"]:
        """The collections, while nobody writes them.

        Raises:
            VectorsBusyError: another process is writing.
            VectorsError: they are damaged, or the server does not answer.
            MissingToolError: chromadb is not installed.
        """
        with failing_typed(), self._place.reading() as client:
            yield self._of(client)

    @contextmanager
    def writing(self) -> Iterator["Collections"]:
        """The collections, for one process alone.

        Raises:
            as `reading`.
        """
        with failing_typed(), self._place.writing() as client:
            yield self._of(client)

    def close(self) -> None:
        self._place.close()

    def _of(self, client: "ClientAPI") -> "Collections":
        if self._last is None or self._last.client is not client:
            self._last = Collections(client, f"{self._place.prefix}{self._embedder}")
        return self._last


class Collections:
    """An embedder's collections, by name."""

    def __init__(self, client: "ClientAPI", prefix: str) -> None:
        self.client = client
        self._prefix = prefix
        self._open: dict[str, Any] = {}

    def keys(self, name: str) -> set[str]:
        """Ids of all vectors."""
        return set(self._collection(name).get(include=[])["ids"])

    def add(self, name: str, keys: Sequence[str], vectors: Vectors) -> None:
        """Store vectors under new ids; of an id that is there already nothing changes."""
        for start in range(0, len(keys), _BATCH):
            some = slice(start, start + _BATCH)
            self._collection(name).add(ids=list(keys[some]), embeddings=vectors[some])

    def delete(self, name: str, keys: Iterable[str]) -> None:
        ids = list(keys)
        for start in range(0, len(ids), _BATCH):
            self._collection(name).delete(ids=ids[start : start + _BATCH])

    def query(self, name: str, vector: Vectors, k: int) -> list[Near]:
        """The k vectors nearest to one of length one, nearest first."""
        if not np.any(vector):
            return []
        found = self._collection(name).query(
            query_embeddings=vector.reshape(1, -1), n_results=k, include=["distances"]
        )
        distances = cast(list[list[float]], found["distances"])[0]
        return [Near(key, 1 - far) for key, far in zip(found["ids"][0], distances, strict=True)]

    def _collection(self, name: str) -> Any:
        if name not in self._open:
            self._open[name] = self.client.get_or_create_collection(
                f"{self._prefix}-{name}", embedding_function=None, configuration={"hnsw": _HNSW}
            )
        return self._open[name]
