"""How much one word says for each node: BM25 over the plain words and what stands around them.

FTS5's own bm25() takes two microseconds a row, and a question of common words matches half of the
rows; which rows a word matches, FTS5 tells ten times as fast. So scores are made here, word by
word, and kept. A column has a word or has not: words that repeat mostly repeat a clock's name.
"""

import json
import math
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Literal

Field = Literal["does", "around"]
"""What a node does in plain words; comments at it and words around it."""

_COUNTED: dict[Field, dict[str, int]] = {"does": {"text": 1}, "around": {"said": 1, "around": 1}}
"""Columns of a field, and how often a word of each counts."""

_COLUMNS = ("text", "names", "said", "around")
_K1 = 1.2
_B = 0.75
_KEPT_WORDS = 2000


class WordScores:
    """Reads `fts_words`, and keeps what it has read: for an index that nobody changes."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self._scores: dict[tuple[Field, str], dict[int, float]] = {}
        self._in_names: dict[str, list[int]] = {}
        self._dampings: dict[Field, dict[int, float]] = {}

    def of(self, field: Field, word: str) -> dict[int, float]:
        """Node -> BM25 score of a word of letters and digits, whatever its ending."""
        if (field, word) not in self._scores:
            if len(self._scores) >= _KEPT_WORDS:
                self._scores.clear()
            self._scores[field, word] = self._score(field, word)
        return self._scores[field, word]

    def in_names(self, word: str) -> list[int]:
        """Nodes that have a word in one of the names they are known by."""
        if word not in self._in_names:
            self._in_names[word] = self._having("names", word)
        return self._in_names[word]

    def names(self, nodes: Iterable[int]) -> dict[int, list[str]]:
        """Node -> the names it is known by, written out."""
        sql = (
            "SELECT id, c1 FROM fts_words_content"
            " WHERE id IN (SELECT value FROM json_each(?)) AND c1 != ''"
        )
        rows = self._db.execute(sql, (json.dumps(list(nodes)),))
        return {node: names.split("\n") for node, names in rows}

    def _score(self, field: Field, word: str) -> dict[int, float]:
        counts: dict[int, int] = {}
        for column, times in _COUNTED[field].items():
            for node in self._having(column, word):
                counts[node] = counts.get(node, 0) + times
        dampings = self._damping(field)
        rarity = math.log(1 + (len(dampings) - len(counts) + 0.5) / (len(counts) + 0.5))
        most = rarity * (_K1 + 1)
        return {node: most * count / (count + dampings[node]) for node, count in counts.items()}

    def _having(self, column: str, word: str) -> list[int]:
        sql = "SELECT rowid FROM fts_words WHERE fts_words MATCH ?"
        return [row[0] for row in self._db.execute(sql, (f'{{{column}}}: "{word}"',))]

    def _damping(self, field: Field) -> dict[int, float]:
        """Node -> what BM25 dampens a count with: the more, the longer the field."""
        if field not in self._dampings:
            places = [_COLUMNS.index(column) for column in _COUNTED[field]]
            sizes = self._db.execute("SELECT id, sz FROM fts_words_docsize")
            lengths = {node: _size(packed, places) for node, packed in sizes}
            mean = max(1.0, sum(lengths.values()) / max(1, len(lengths)))
            self._dampings[field] = {
                node: _K1 * (1 - _B + _B * size / mean) for node, size in lengths.items()
            }
        return self._dampings[field]


def _size(packed: bytes, columns: Sequence[int]) -> int:
    """How many words columns have, of a row of FTS5's docsize table: a varint each."""
    sizes = packed if max(packed) < 128 else _varints(packed)
    return sum(sizes[column] for column in columns)


def _varints(packed: bytes) -> list[int]:
    sizes = [0]
    for byte in packed:
        sizes[-1] = sizes[-1] << 7 | byte & 127
        if byte < 128:
            sizes.append(0)
    return sizes
