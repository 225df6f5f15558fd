"""Asking the vectors: which nodes' texts are near to a question in meaning."""

from collections.abc import Sequence
from pathlib import Path

from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.vector_keys import VectorKeys
from hdlsmith.retrieval.vectors.chroma import Near, VectorStore
from hdlsmith.retrieval.vectors.embedders import make_embedder
from hdlsmith.retrieval.vectors.pending import QUICK_SOURCES
from hdlsmith.retrieval.vectors.places import VectorsBusyError
from hdlsmith.retrieval.vectors.sync import EMBEDDED, sync
from hdlsmith.settings import Settings

_AMONG = 3
"""So many times as many vectors are asked for where some will be of other kinds."""


class NearestNodes:
    """Answers questions as long as it is open, and first embeds what few edits have left to it."""

    def __init__(self, index: Path, settings: Settings) -> None:
        """
        Args:
            index: the index folder.

        Raises:
            InputError: there is no index, or no such embedder.
            MissingToolError: the embedder is not installed.
        """
        self._index = index
        self._settings = settings
        self._embedder = make_embedder(settings.embedder)
        self._store = VectorStore(index, self._embedder.name, settings.chroma)
        self._connection = schema.open_reading(index)
        self._keys = VectorKeys(self._connection)
        self._seen = -1

    def close(self) -> None:
        self._store.close()
        self._connection.close()

    def is_there(self) -> bool:
        """Whether the index was built with vectors."""
        return self._store.is_there()

    def find(self, text: str, k: int, kinds: Sequence[Kind] = ()) -> list[tuple[int, float]]:
        """Up to k nodes (id, cosine) whose texts are nearest to a text, nearest first.

        Empty for an index that was built without vectors, or while another process writes them.

        Raises:
            VectorsError: Chroma fails.
            MissingToolError: chromadb is not installed.
        """
        if not self._store.is_there():
            return []
        try:
            self._catch_up()
            near = self._near(text, k, kinds)
        except VectorsBusyError:
            return []
        cosines = {found.key: found.similarity for found in near}
        nodes = self._keys.nodes(tuple(cosines), kinds)
        hits = [(node, cosine) for key, cosine in cosines.items() for node in nodes[key]]
        return hits[:k]

    def _catch_up(self) -> None:
        version = self._keys.version()
        if version == self._seen:
            return
        if 0 < len(self._keys.pending(self._embedder.name)) <= QUICK_SOURCES:
            self._store.close()
            sync(self._index, self._settings)
        self._seen = version

    def _near(self, text: str, k: int, kinds: Sequence[Kind]) -> list[Near]:
        vector = self._embedder.embed([text])[0]
        asked = {EMBEDDED[kind] for kind in kinds or EMBEDDED if kind in EMBEDDED}
        mixed = any(EMBEDDED[kind] in asked for kind in EMBEDDED if kinds and kind not in kinds)
        most = k * _AMONG if mixed else k
        with self._store.reading() as collections:
            found = [
                near for name in sorted(asked) for near in collections.query(name, vector, most)
            ]
        return sorted(found, key=lambda near: -near.similarity)[:most]
