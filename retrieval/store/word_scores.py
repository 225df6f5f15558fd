"""How much each word of a question says for each node: BM25 over the plain words and what stands
around them.

FTS5's own bm25() takes two microseconds a row, and a question of common words matches half of the
rows; which rows a word matches, FTS5 tells a hundred times as fast. So scores are made here, word
by word, as arrays over all nodes. A column has a word or has not: words that repeat mostly repeat a
clock's name.

Modules, values and blocks are collections of their own: how rare a word is, and how long a text,
is compared with others of the family. A module's text is a hundred times as long as a port's.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hdlsmith.retrieval.nodes import NAMED_VALUES, Kind

Field = Literal["does", "around"]
"""What a node does in plain words; comments at it and words around it."""

Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]

FAMILIES: tuple[tuple[Kind, ...], ...] = ((Kind.MODULE,), NAMED_VALUES, (Kind.PACKAGE, Kind.CLASS))
"""Kinds whose words are counted among themselves; blocks and all others are the last family."""

_COUNTED: dict[Field, tuple[str, ...]] = {"does": ("text",), "around": ("said", "around")}
"""Columns of a field; a word counts once in each."""

_COLUMNS = ("text", "names", "said", "around")
_K1 = 1.2
_B = 0.75
_KEPT_WORDS = 2000


class WordScores:
    """Reads `fts_words`, and keeps what it has read: for an index that nobody changes.

    Attributes:
        nodes: those with words, ascending. All arrays over nodes are in this order.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        rows = database.execute("SELECT id, sz FROM fts_words_docsize ORDER BY id").fetchall()
        self.nodes: Numbers = np.array([node for node, _ in rows], np.int64)
        self._sizes = np.array([_sizes(packed) for _, packed in rows], np.int64).reshape(-1, 4)
        self._positions: dict[tuple[str, str], Numbers] = {}
        self._scores: dict[tuple[Field, str], tuple[Numbers, Scores]] = {}
        self._dampings: dict[Field, Scores] = {}
        self._kinds: dict[frozenset[Kind], NDArray[np.bool_]] = {}

    @cached_property
    def families(self) -> NDArray[np.int8]:
        """Which family each node is of: a position in `FAMILIES`, or the one behind them."""
        found = np.full(len(self.nodes), len(FAMILIES), np.int8)
        for family, kinds in enumerate(FAMILIES):
            found[self.are_of(kinds)] = family
        return found

    @cached_property
    def modules(self) -> Numbers:
        """The module, package or class around each node; -1 for none."""
        sql = "SELECT module AS number FROM node JOIN fts_words_docsize USING (id) ORDER BY id"
        return self._numbers(sql)

    def are_of(self, kinds: Sequence[Kind]) -> NDArray[np.bool_]:
        """Which nodes are of these kinds."""
        if (key := frozenset(kinds)) not in self._kinds:
            marks = ", ".join("?" * len(kinds))
            sql = f"SELECT id AS number FROM node WHERE kind IN ({marks})"  # noqa: S608
            self._kinds[key] = np.isin(self.nodes, self._numbers(sql, *kinds))
        return self._kinds[key]

    def positions(self, nodes: Iterable[int]) -> Numbers:
        """Where nodes with words stand in the arrays; others are left out."""
        asked = np.array(sorted(nodes), np.int64)
        at = np.searchsorted(self.nodes, asked)
        known = at < len(self.nodes)
        at, asked = at[known], asked[known]
        return np.asarray(at[self.nodes[at] == asked], np.int64)

    def of(self, field: Field, word: str) -> tuple[Numbers, Scores]:
        """Positions of the nodes that have a word of letters and digits, whatever its ending, and
        the BM25 score of each.
        """
        if (field, word) not in self._scores:
            if len(self._scores) >= _KEPT_WORDS:
                self._scores.clear()
            self._scores[field, word] = self._score(field, word)
        return self._scores[field, word]

    def rarity(self, having: Numbers) -> Scores:
        """What a word says, in nats, for a node of each family, by how many have it."""
        here = np.bincount(self.families[having], minlength=len(FAMILIES) + 1)
        rest = self._members - here
        return np.asarray(np.log(1 + (rest + 0.5) / (here + 0.5)), np.float32)

    def having(self, column: str, word: str) -> Numbers:
        """Positions of the nodes whose column has a word, ascending."""
        key = column, word
        if key not in self._positions:
            if len(self._positions) >= _KEPT_WORDS:
                self._positions.clear()
            sql = "SELECT rowid AS number FROM fts_words WHERE fts_words MATCH ?"
            found = self._numbers(sql, f'{{{column}}}: "{word}"')
            self._positions[key] = np.searchsorted(self.nodes, found)
        return self._positions[key]

    def names(self, nodes: Iterable[int]) -> dict[int, list[str]]:
        """Node -> the names it is known by, written out."""
        sql = (
            "SELECT id, c1 FROM fts_words_content"
            " WHERE id IN (SELECT value FROM json_each(?)) AND c1 != ''"
        )
        rows = self._db.execute(sql, (json.dumps(list(nodes)),))
        return {node: names.split("\n") for node, names in rows}

    def _score(self, field: Field, word: str) -> tuple[Numbers, Scores]:
        columns = [self.having(column, word) for column in _COUNTED[field]]
        at, count = np.unique(np.concatenate(columns), return_counts=True)
        dampened = count * (_K1 + 1) / (count + self._damping(field)[at])
        return at, np.asarray(self.rarity(at)[self.families[at]] * dampened, np.float32)

    @cached_property
    def _members(self) -> Numbers:
        return np.bincount(self.families, minlength=len(FAMILIES) + 1)

    def _numbers(self, sql: str, *values: object) -> Numbers:
        """What a query finds. As one text: as rows they would take Python three times as long."""
        joined = f"SELECT group_concat(number) FROM ({sql})"  # noqa: S608
        found = self._db.execute(joined, values).fetchone()[0]
        return np.fromstring(found or "", np.int64, sep=",")

    def _damping(self, field: Field) -> Scores:
        """What BM25 dampens each node's counts with: the more, the longer the field."""
        if field not in self._dampings:
            columns = [_COLUMNS.index(column) for column in _COUNTED[field]]
            lengths = self._sizes[:, columns].sum(axis=1)
            sums = np.bincount(self.families, lengths, len(FAMILIES) + 1)
            means = np.maximum(1, sums / np.maximum(1, self._members))[self.families]
            self._dampings[field] = np.asarray(_K1 * (1 - _B + _B * lengths / means), np.float32)
        return self._dampings[field]


def _sizes(packed: bytes) -> list[int]:
    """How many words each column has, of a row of FTS5's docsize table: a varint each."""
    return list(packed[:4]) if max(packed) < 128 else _varints(packed)[:4]


def _varints(packed: bytes) -> list[int]:
    sizes = [0]
    for byte in packed:
        sizes[-1] = sizes[-1] << 7 | byte & 127
        if byte < 128:
            sizes.append(0)
    return sizes
