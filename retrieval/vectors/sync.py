"""Brings the vectors in line with the index.

Which texts have a vector stands in the index; Chroma holds vectors by hash of the text. Both are
compared by these keys, so a sync can be killed at any moment and goes on with the difference.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hdlsmith.retrieval.building.progress import Progress, Silent
from hdlsmith.retrieval.nodes import NAMED_VALUES, Kind
from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.vector_keys import NodeTexts, VectorKeys
from hdlsmith.retrieval.vectors.chroma import Collections, VectorStore
from hdlsmith.retrieval.vectors.embedders import Embedder, make_embedder, unit
from hdlsmith.retrieval.vectors.places import VectorsError
from hdlsmith.settings import Settings

EMBEDDED = {
    Kind.MODULE: "modules",
    **dict.fromkeys((Kind.PACKAGE, Kind.CLASS, Kind.TYPE), "types"),
    **dict.fromkeys((Kind.ASSIGN, Kind.PROCESS, Kind.FUNCTION), "blocks"),
    Kind.FSM: "machines",
    **dict.fromkeys((Kind.PORT, Kind.SIGNAL), "nets"),
}
"""Kinds that earn a vector, and the collection it is in: a parameter or an instance is found by its
name, or by what it is an instance of. Each collection costs a question some two milliseconds."""

_RAW_CHARS = 1500
"""What stands further down in a node's text says little about the whole."""

_BATCH_SOURCES = 250


class Synced(NamedTuple):
    """How many vectors a sync added and deleted."""

    added: int
    deleted: int


def sync(index: Path, settings: Settings, progress: Progress | None = None) -> Synced:
    """Embed what the index has and Chroma lacks, and delete what no node has any more.

    Args:
        index: the index folder.

    Raises:
        InputError: there is no index.
        VectorsBusyError: another process is at the vectors.
        VectorsError: Chroma fails, on an empty folder too.
        MissingToolError: chromadb or the embedder is not installed.
    """
    embedder = make_embedder(settings.embedder)
    store = VectorStore(index, embedder.name, settings.chroma)
    try:
        return _sync(index, store, embedder, progress or Silent())
    except VectorsError:
        # The folder on which Chroma failed is thrown away by whoever writes it next.
        return _sync(index, store, embedder, progress or Silent())
    finally:
        store.close()


def _sync(index: Path, store: VectorStore, embedder: Embedder, progress: Progress) -> Synced:
    connection = schema.open_writing(index)
    try:
        with store.writing() as collections:
            line = _Line(VectorKeys(connection), collections, embedder)
            pending = line.pending()
            progress.start("vectors", len(pending))
            for start in range(0, len(pending), _BATCH_SOURCES):
                some = pending[start : start + _BATCH_SOURCES]
                # One transaction from reading the texts to noting their keys: they can't change.
                with schema.transaction(connection):
                    line.embed(some)
                progress.advance(len(some))
            return Synced(line.added, line.delete_stale())
    finally:
        connection.close()


class _Line:
    """The index on one side, Chroma on the other."""

    def __init__(self, keys: VectorKeys, collections: Collections, embedder: Embedder) -> None:
        self._keys = keys
        self._collections = collections
        self._embedder = embedder
        self._held = {name: collections.keys(name) for name in set(EMBEDDED.values())}
        self.added = 0

    def pending(self) -> list[int]:
        """Source texts with texts that have no vector, as far as the keys tell."""
        self._keys.forget(self._keys.keys().difference(*self._held.values()))
        return self._keys.pending(self._embedder.name)

    def embed(self, sources: Sequence[int]) -> None:
        keys_of: dict[int, list[tuple[int, str]]] = {source: [] for source in sources}
        fresh: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for source in sources:
            for node in self._keys.texts(source, tuple(EMBEDDED)):
                texts = embedded_texts(node)
                key = _key(texts)
                keys_of[source].append((node.node, key))
                if key not in self._held[EMBEDDED[node.kind]]:
                    fresh[EMBEDDED[node.kind]][key] = texts
        for name, texts_of in fresh.items():
            self._add(name, texts_of)
        for source, keys in keys_of.items():
            self._keys.put(source, self._embedder.name, keys)

    def _add(self, name: str, texts_of: dict[str, tuple[str, ...]]) -> None:
        parts = zip(*texts_of.values(), strict=True)
        vectors = unit(np.sum([self._embedder.embed(part) for part in parts], axis=0))
        self._collections.add(name, list(texts_of), vectors)
        self._held[name].update(texts_of)
        self.added += len(texts_of)

    def delete_stale(self) -> int:
        """Delete vectors whose text no node has; how many."""
        needed = self._keys.keys()
        stale = {name: held - needed for name, held in self._held.items()}
        for name, keys in stale.items():
            self._collections.delete(name, keys)
        return sum(map(len, stale.values()))


def embedded_texts(node: NodeTexts) -> tuple[str, ...]:
    """The texts between whose vectors a node's is: what it does, with its code or what surrounds
    it; and, of a module, its name, which says more of it than most of its lines do.
    """
    code = node.graph if node.kind in NAMED_VALUES else node.raw[:_RAW_CHARS]
    whole = f"{node.words}\n{code}"
    return (whole, node.name) if node.kind is Kind.MODULE else (whole,)


def _key(texts: tuple[str, ...]) -> str:
    text = "\0".join(texts).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=12).hexdigest()
