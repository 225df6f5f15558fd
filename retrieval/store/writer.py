"""Writing the index: source texts, places, words."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from hdlsmith.retrieval.store.rows import SourceRows, raw_rows
from hdlsmith.retrieval.store.schema import POSITION_BITS, ids_of


class Source(NamedTuple):
    """What the index keeps of a source text beside its graph.

    Attributes:
        key: equal for texts that mean the same: of its bytes and of what it includes.
        failure: why there is no graph; empty if there is.
        licence: that the text states itself.
        wants: names of the files it includes, one a line.
        lends: defines macros.
    """

    id: int
    key: str
    language: str
    failure: str
    licence: str
    wants: str
    lends: bool
    text: bytes


class Spot(NamedTuple):
    """What the index knows of a file.

    Attributes:
        source: None if it was passed over.
        digest: of its bytes.
        skipped: why it was passed over.
    """

    source: int | None
    size: int
    mtime_ns: int
    ctime_ns: int
    digest: str
    skipped: str

    @property
    def stamp(self) -> tuple[int, int, int]:
        """What a file has that was not touched; see `repository.Stamp`."""
        return self.size, self.mtime_ns, self.ctime_ns


_INSERTS = (
    "INSERT INTO node VALUES(?,?,?,?,?,?,?,?,?,?)",
    "INSERT INTO edge VALUES(?,?,?,?,?,?,?,?,?)",
    "INSERT INTO fts_graph(rowid, name, text) VALUES(?,?,?)",
    "INSERT INTO diagnostic VALUES(?,?,?,?,?)",
    "INSERT INTO fts_words(rowid, text, names, said, around, origin) VALUES(?,?,?,?,?,?)",
)
"""One for each field of `SourceRows`."""


class Writer:
    """Rows into an open database; the caller says where a transaction begins and ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # what is there

    def meta(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT key, value FROM meta"))

    def spots(self) -> dict[str, Spot]:
        """All files, by path."""
        columns = "path, source, size, mtime_ns, ctime_ns, digest, skipped"
        rows = self._db.execute(f"SELECT {columns} FROM place")  # noqa: S608
        return {row[0]: Spot(*row[1:]) for row in rows}

    def keys(self) -> dict[str, int]:
        """Source texts by key."""
        return dict(self._db.execute("SELECT key, id FROM source"))

    def lending(self) -> Iterator[tuple[int, str, bool]]:
        """Of each source text: its id, what it wants, whether it lends; see `Source`."""
        yield from self._db.execute("SELECT id, wants, lends FROM source")

    def text(self, source: int) -> bytes:
        return bytes(
            self._db.execute("SELECT text FROM source WHERE id = ?", (source,)).fetchone()[0]
        )

    def texts(self) -> Iterator[tuple[int, bytes]]:
        yield from self._db.execute("SELECT id, text FROM source")

    def borrowers(self, paths: Iterable[str]) -> set[str]:
        """Paths of the files to which any of these files lent something."""
        sql = "SELECT path FROM inclusion WHERE included = ?"
        return {row[0] for path in paths for row in self._db.execute(sql, (path,))}

    # change

    def put_meta(self, key: str, value: str) -> None:
        self._db.execute("REPLACE INTO meta VALUES(?, ?)", (key, value))

    def put_licences(self, folders: Mapping[str, str]) -> None:
        """Which licence holds in which folders."""
        self._db.execute("DELETE FROM licence")
        self._db.executemany("INSERT INTO licence VALUES(?, ?)", folders.items())

    def add_sources(self, sources: Sequence[tuple[Source, SourceRows | None]]) -> None:
        """Source texts with all that was found in them.

        By rising ids SQLite appends, and FTS5 sorts in memory, which costs the least; many texts
        at once cost a tenth less than one by one.
        """
        self._db.executemany(
            "INSERT INTO source VALUES(?,?,?,?,?,?,?,?)", (source for source, _ in sources)
        )
        columns = zip(*(rows for _, rows in sources if rows), strict=True)
        for insert, found in zip(_INSERTS, columns, strict=False):
            self._db.executemany(insert, chain.from_iterable(found))
        raw = (raw_rows(source.text, rows.nodes) for source, rows in sources if rows)
        self._db.executemany(
            "INSERT INTO fts_raw(rowid, name, text) VALUES(?,?,?)", chain.from_iterable(raw)
        )

    def put_spots(self, spots: Mapping[str, Spot]) -> None:
        """What is known of files, by path."""
        rows = ((path, *spot) for path, spot in spots.items())
        self._db.executemany("REPLACE INTO place VALUES(?,?,?,?,?,?,?)", rows)

    def put_lenders(self, lenders: Mapping[str, Iterable[str]]) -> None:
        """Which files lent something to each of these files."""
        self._db.executemany("DELETE FROM inclusion WHERE path = ?", zip(lenders, strict=True))
        pairs = ((path, lender) for path, lent in lenders.items() for lender in lent)
        self._db.executemany("INSERT INTO inclusion VALUES(?,?)", pairs)

    def put_words(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Plain words of nodes (node, text, origin) in place of what they had."""
        for node, text, origin in rows:
            sql = "UPDATE fts_words SET text = ?, origin = ? WHERE rowid = ?"
            if not self._db.execute(sql, (text, origin, node)).rowcount:
                sql = "INSERT INTO fts_words(text, origin, rowid) VALUES(?,?,?)"
                self._db.execute(sql, (text, origin, node))
            self._db.execute("DELETE FROM embedded WHERE source = ?", (node >> POSITION_BITS,))

    def remove_place(self, path: str) -> None:
        self._db.execute("DELETE FROM place WHERE path = ?", (path,))
        self._db.execute("DELETE FROM inclusion WHERE path = ?", (path,))

    def remove_homeless(self) -> int:
        """Remove the source texts that stand nowhere any more, with all that was found in them.

        Returns: how many.
        """
        sql = "SELECT id FROM source WHERE id NOT IN (SELECT source FROM place WHERE source)"
        homeless = [row[0] for row in self._db.execute(sql)]
        for source in homeless:
            self._remove_source(source)
        return len(homeless)

    def _remove_source(self, source: int) -> None:
        nodes = ids_of(source)
        for table in ("fts_raw", "fts_graph", "fts_words"):
            self._db.execute(f"DELETE FROM {table} WHERE rowid BETWEEN ? AND ?", nodes)  # noqa: S608
        for table in ("node", "edge"):
            self._db.execute(f"DELETE FROM {table} WHERE id BETWEEN ? AND ?", nodes)  # noqa: S608
        self._db.execute("DELETE FROM vector WHERE node BETWEEN ? AND ?", nodes)
        for table in ("diagnostic", "embedded"):
            self._db.execute(f"DELETE FROM {table} WHERE source = ?", (source,))  # noqa: S608
        self._db.execute("DELETE FROM source WHERE id = ?", (source,))
