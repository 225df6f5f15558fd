"""The default embedder: a table of word pieces, summed. Needs numpy alone, and no network.

The table is distilled from MiniLM (see `distill`) and taught the words of hardware (see `teach`).
A text's vector is the sum of its word pieces' rows, each weighted by the square root of how often
it occurs, so that a name used in every line does not drown the rest.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from hdlsmith.retrieval.vectors.embedders import Vectors, unit
from hdlsmith.retrieval.vectors.speech import NAME, said_by
from hdlsmith.settings import EmbedderSettings

DIMS = 256
TABLE = Path(__file__).with_name("minilm") / "table.npy"
VOCABULARY = TABLE.with_name("vocabulary.txt")
VERSION = 2
"""To be raised when a text's vector changes: another table, other words left out."""

_CHUNK_TEXTS = 2048
_SCALE_BYTES = 2
_TOP = 7.5
"""The middle of the highest of sixteen levels that stand evenly about zero."""


class StaticEmbedder:
    """The table and the words it was asked about so far."""

    name = f"static-{VERSION}"

    def __init__(self) -> None:
        self._rows_of_name: dict[str, list[int]] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors [n, DIMS] of unit length; zeros for a text without a word of the table."""
        vectors = np.zeros((len(texts), DIMS), np.float32)
        for start in range(0, len(texts), _CHUNK_TEXTS):
            self._sum_rows(texts[start : start + _CHUNK_TEXTS], vectors[start:])
        return unit(vectors)

    def _sum_rows(self, texts: Sequence[str], into: Vectors) -> None:
        rows = [self.rows(text) for text in texts]
        owners = np.repeat(np.arange(len(texts)), [len(found) for found in rows])
        pieces = np.array([row for found in rows for row in found], np.int64)
        pairs, counts = np.unique(owners * len(self._table) + pieces, return_counts=True)
        if not len(pairs):
            return
        owners, pieces = np.divmod(pairs, len(self._table))
        used, where = np.unique(pieces, return_inverse=True)
        parts = unpacked(self._table[used])[where] * np.sqrt(counts, dtype=np.float32)[:, None]
        spoken, starts = np.unique(owners, return_index=True)
        into[spoken] = np.add.reduceat(parts, starts)

    def rows(self, text: str) -> list[int]:
        """The rows of the word pieces that a text says, in its order."""
        found = []
        for name in NAME.findall(text):
            rows = self._rows_of_name.get(name)
            if rows is None:
                rows = self._rows_of_name[name] = self._rows_for(name)
            found += rows
        return found

    def _rows_for(self, name: str) -> list[int]:
        return [row for word in said_by(name).split() for row in self._word_pieces(word)]

    def _word_pieces(self, word: str) -> Iterator[int]:
        """Rows of a word's pieces, the longest first as BERT's tokenizer cuts."""
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(min(len(word), start + self._longest), start, -1)
            end = next((e for e in ends if mark + word[start:e] in self._row_of), 0)
            if not end:
                return
            yield self._row_of[mark + word[start:end]]
            start = end

    @cached_property
    def _table(self) -> NDArray[np.uint8]:
        return cast(NDArray[np.uint8], np.load(TABLE, mmap_mode="r"))

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._row_of))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        pieces = VOCABULARY.read_text("utf-8").splitlines()
        return {piece: row for row, piece in enumerate(pieces) if piece.isascii()}


def static(_: EmbedderSettings) -> StaticEmbedder:
    """The one table there is: nothing to set."""
    return StaticEmbedder()


def packed(rows: Vectors) -> NDArray[np.uint8]:
    """Rows [n, DIMS] as bytes [n, DIMS / 2 + 2]: sixteen levels a number, and a float16 scale."""
    scales = np.abs(rows).max(axis=1, keepdims=True).astype("<f2") / np.float16(_TOP)
    safe = np.where(scales == 0, 1, scales).astype(np.float32)
    levels = np.clip(np.floor(rows / safe), -8, 7).astype(np.int8) + 8
    nibbles = (levels[:, ::2] << 4 | levels[:, 1::2]).astype(np.uint8)
    return np.hstack((nibbles, scales.view(np.uint8)))


def unpacked(table: NDArray[np.uint8]) -> Vectors:
    """What `packed` made, with the middle of each level."""
    nibbles, scales = table[:, :-_SCALE_BYTES], table[:, -_SCALE_BYTES:]
    levels = np.stack((nibbles >> 4, nibbles & 15), axis=2).reshape(len(table), -1)
    scale = np.ascontiguousarray(scales).view("<f2").astype(np.float32)
    return np.asarray((levels.astype(np.float32) + (0.5 - 8)) * scale, np.float32)
