"""Reading the index by words: full-text tables, and what was said of nodes in plain words."""

import re
import sqlite3
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.words import any_word, split_name

if TYPE_CHECKING:
    from hdlsmith.retrieval.store.word_scores import WordScores

Table = Literal["raw", "graph", "words"]
"""Full-text tables: raw text of modules, blocks, functions and types; graph text of ports, signals
and parameters; plain words."""


_MOST_PARTS = 32
"""Of a name that is looked for; each takes FTS5 as long as a word of its own."""


class Hit(NamedTuple):
    """A full-text hit: higher scores are better."""

    node: int
    score: float


class FullText:
    """Words in an open index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def words(self, node: int) -> str:
        """What a node does in plain words; empty where nobody said."""
        row = self._db.execute("SELECT text FROM fts_words WHERE rowid = ?", (node,)).fetchone()
        return str(row[0]) if row else ""

    @cached_property
    def word_scores(self) -> "WordScores":
        """What single words say for nodes."""
        from hdlsmith.retrieval.store.word_scores import WordScores  # numpy: a tenth of a second

        return WordScores(self._db)

    def match(self, table: Table, text: str, limit: int, kinds: Sequence[Kind] = ()) -> list[Hit]:
        """Best matches by BM25 of any of the text's words; any text is safe to ask for."""
        query = any_word(text)
        if not query:
            return []
        chosen = f"AND node.kind IN ({marks(kinds)})" if kinds else ""
        sql = (
            f"SELECT node.id, -bm25(fts_{table}) FROM fts_{table} JOIN node "  # noqa: S608
            f"ON node.id = fts_{table}.rowid WHERE fts_{table} MATCH ? {chosen} "
            f"ORDER BY bm25(fts_{table}), node.id LIMIT ?"
        )
        return [Hit(*row) for row in self._db.execute(sql, (query, *kinds, limit))]

    def spelling(self, name: str, kinds: Sequence[Kind], limit: int) -> list[int]:
        """Nodes of these kinds whose own text has the parts of a name in a row; at most so many."""
        parts = re.findall(r"[^\W_]+", split_name(name))
        sql = (
            "SELECT node.id FROM fts_raw JOIN node ON node.id = fts_raw.rowid "  # noqa: S608
            f"WHERE fts_raw MATCH ? AND kind IN ({marks(kinds)}) LIMIT ?"
        )
        if not 1 <= len(parts) <= _MOST_PARTS:
            return []
        rows = self._db.execute(sql, (f'text: "{" ".join(parts)}"', *kinds, limit))
        return [row[0] for row in rows]

    def match_rare(
        self, table: Table, words: Sequence[str], rows: int, limit: int, kinds: Sequence[Kind]
    ) -> list[Hit]:
        """As `match`, by the rarest words only, as many as match so many rows together."""
        sql = f"SELECT count(*) FROM fts_{table} WHERE fts_{table} MATCH ?"  # noqa: S608
        counts = {w: self._db.execute(sql, (f'"{w}"',)).fetchone()[0] for w in words}
        rare = []
        for word in sorted(words, key=lambda word: (counts[word], word)):
            rows -= counts[word]
            if rows < 0:
                break
            rare.append(word)
        return self.match(table, " ".join(rare), limit, kinds)


def marks(values: Sequence[object]) -> str:
    """As many placeholders as there are values."""
    return ", ".join("?" * len(values))
