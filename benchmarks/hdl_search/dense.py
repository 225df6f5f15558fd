"""The dense baseline: the full MiniLM over every document."""

import hashlib
import sqlite3
from functools import lru_cache
from pathlib import Path

import numpy as np

from hdlsmith.benchmarks.hdl_search.documents import Documents
from hdlsmith.retrieval.vectors.embedders import Embedder, Vectors, make_embedder
from hdlsmith.settings import EmbedderSettings

_CHUNK = 256
_MAX_CHARACTERS = 1500
"""More than the model reads of any code; the rest is not worth cutting up."""


class Dense:
    """all-MiniLM-L6-v2, cosine of question and document, nothing approximate.

    Args:
        cache: folder where vectors are kept, by text.
    """

    def __init__(self, documents: Documents, cache: Path) -> None:
        embedder = make_embedder(EmbedderSettings(name="minilm"))
        # Asked twice for a question: alone, and as a part of the fusion.
        self._asked = lru_cache(maxsize=1)(lambda question: embedder.embed([question])[0])
        self._members = {group: np.array(at) for group, at in documents.of_group.items()}
        texts = [document.described[:_MAX_CHARACTERS] for document in documents.all]
        vectors = _embedded(embedder, texts, cache / f"{embedder.name}.sqlite")
        self._vectors = {group: vectors[at] for group, at in self._members.items()}

    def __call__(self, question: str, group: str, k: int) -> list[int]:
        scores = self._vectors[group] @ self._asked(question)
        best = np.argsort(-scores, kind="stable")[:k]
        return [int(at) for at in self._members[group][best]]


def _embedded(embedder: Embedder, texts: list[str], cache: Path) -> Vectors:
    """A row a text. What was embedded is kept at once: this takes minutes, and may be killed."""
    keys = [hashlib.sha256(text.encode()).digest()[:16] for text in texts]
    kept = sqlite3.connect(cache, isolation_level=None)
    kept.execute("CREATE TABLE IF NOT EXISTS vector(key BLOB PRIMARY KEY, value BLOB NOT NULL)")
    known = {row[0] for row in kept.execute("SELECT key FROM vector")}
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    in_order = sorted(missing.items(), key=lambda item: len(item[1]))
    for first in range(0, len(in_order), _CHUNK):
        chunk = in_order[first : first + _CHUNK]
        vectors = embedder.embed([text for _, text in chunk]).astype("<f4")
        rows = ((key, row.tobytes()) for (key, _), row in zip(chunk, vectors, strict=True))
        kept.execute("BEGIN")
        kept.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
        kept.execute("COMMIT")
    wanted = set(keys)
    value = {key: row for key, row in kept.execute("SELECT * FROM vector") if key in wanted}
    kept.close()
    return np.stack([np.frombuffer(value[key], "<f4") for key in keys])
