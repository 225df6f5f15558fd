"""Which node's text has which vector: the index's side of what Chroma holds."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.fulltext import marks
from hdlsmith.retrieval.store.schema import POSITION_BITS, ids_of


class NodeTexts(NamedTuple):
    """All that the index says of a node.

    Attributes:
        raw: its own text.
        words: what it does in plain words; may be empty.
        graph: of ports, signals and parameters, what surrounds it; else empty.
    """

    node: int
    kind: Kind
    name: str
    detail: str
    raw: str
    words: str
    graph: str


class VectorKeys:
    """Keys of vectors by node, in an open index.

    A source text counts as embedded by one embedder once all its nodes have the keys of their
    texts; changed words and removed texts take that back (see `Writer`).
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def pending(self, embedder: str = "") -> list[int]:
        """Source texts that this embedder has not seen as they are; without a name, nor any."""
        sql = (
            "SELECT id FROM source WHERE id NOT IN"
            " (SELECT source FROM embedded WHERE embedder = ? OR ? = '') ORDER BY id"
        )
        return [row[0] for row in self._db.execute(sql, (embedder, embedder))]

    def version(self) -> int:
        """Another number once another connection has changed the index."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def keys(self) -> set[str]:
        """All keys that some node has."""
        return {row[0] for row in self._db.execute("SELECT DISTINCT key FROM vector")}

    def nodes(self, keys: Sequence[str], kinds: Sequence[Kind] = ()) -> dict[str, list[int]]:
        """The nodes of these kinds whose texts have these keys."""
        found: dict[str, list[int]] = {}
        chosen = f"AND node.kind IN ({marks(kinds)})" if kinds else ""
        sql = (
            "SELECT vector.node FROM vector JOIN node ON node.id = vector.node"  # noqa: S608
            f" WHERE key = ? {chosen} ORDER BY vector.node"
        )
        for key in keys:
            found[key] = [row[0] for row in self._db.execute(sql, (key, *kinds))]
        return found

    def texts(self, source: int, kinds: Sequence[Kind]) -> Iterator[NodeTexts]:
        """The nodes of these kinds of a source text, with what is said of them."""
        row = self._db.execute("SELECT text FROM source WHERE id = ?", (source,)).fetchone()
        sql = (
            "SELECT node.id, kind, node.name, detail, start_byte, end_byte,"  # noqa: S608
            " ifnull(fts_words.text, ''), ifnull(fts_graph.text, '') FROM node"
            " LEFT JOIN fts_words ON fts_words.rowid = node.id"
            " LEFT JOIN fts_graph ON fts_graph.rowid = node.id"
            f" WHERE node.id BETWEEN ? AND ? AND kind IN ({marks(kinds)}) ORDER BY node.id"
        )
        for node, kind, name, detail, start, end, words, graph in self._db.execute(
            sql, (*ids_of(source), *kinds)
        ):
            raw = row[0][start:end].decode("utf-8", "replace")
            yield NodeTexts(node, Kind(kind), name, detail, raw, words, graph)

    def put(self, source: int, embedder: str, keys: Iterable[tuple[int, str]]) -> None:
        """The keys of all nodes (node, key) of a source text, in place of what it had."""
        self._db.execute("DELETE FROM vector WHERE node BETWEEN ? AND ?", ids_of(source))
        self._db.executemany("INSERT INTO vector VALUES(?, ?)", keys)
        self._db.execute("REPLACE INTO embedded VALUES(?, ?)", (source, embedder))

    def forget(self, keys: Iterable[str]) -> None:
        """Source texts with these keys count as not embedded: their vectors were lost."""
        sql = "DELETE FROM embedded WHERE source IN (SELECT node >> ? FROM vector WHERE key = ?)"
        self._db.executemany(sql, ((POSITION_BITS, key) for key in keys))
