"""What an index holds, counted; and its content as one digest."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hdlsmith.retrieval.store.schema import MOST_NODES, ids_of, open_reading, root_of


@dataclass(frozen=True)
class Status:
    """Counts of an index.

    Attributes:
        files: places of source texts, by language.
        texts: source texts; equal ones count once.
        nodes, edges: by kind.
        words: nodes described in plain words.
        skipped: path -> why it was passed over.
        errors: path -> what could not be read in it: `line: message`, or why its reader failed.
        size_bytes: of the database.
    """

    root: str
    files: dict[str, int]
    texts: int
    nodes: dict[str, int]
    edges: dict[str, int]
    words: int
    skipped: dict[str, str]
    errors: dict[str, list[str]]
    size_bytes: int


def status_of(folder: Path) -> Status:
    """
    Raises:
        InputError: there is no usable index.
    """
    with closing(open_reading(folder)) as database:

        def pairs(sql: str) -> dict[str, int]:
            return dict(database.execute(sql))

        def number(sql: str) -> int:
            return int(database.execute(sql).fetchone()[0])

        errors: dict[str, list[str]] = {}
        for path, said in database.execute(
            "SELECT path, failure FROM place JOIN source ON source.id = place.source "
            "WHERE failure <> '' UNION ALL SELECT path, line || ': ' || message FROM place "
            "JOIN diagnostic ON diagnostic.source = place.source WHERE severity = 'error'"
        ):
            errors.setdefault(path, []).append(said)
        return Status(
            root=str(root_of(database, folder)),
            files=pairs(
                "SELECT language, count(*) FROM place JOIN source ON source.id = place.source "
                "GROUP BY language ORDER BY 2 DESC"
            ),
            texts=number("SELECT count(*) FROM source"),
            nodes=pairs("SELECT kind, count(*) FROM node GROUP BY kind ORDER BY 2 DESC"),
            edges=pairs("SELECT kind, count(*) FROM edge GROUP BY kind ORDER BY 2 DESC"),
            words=number("SELECT count(*) FROM fts_words_content WHERE c0 != ''"),
            skipped=dict(
                database.execute(
                    "SELECT path, skipped FROM place WHERE skipped <> '' ORDER BY path"
                )
            ),
            errors=dict(sorted(errors.items())),
            size_bytes=number(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            ),
        )


def content_digest(folder: Path) -> str:
    """SHA-256 in hex over all that an index knows, independent of the order it was learnt in.

    Two indices of equal repositories are equal in this, however they were built.

    Raises:
        InputError: there is no usable index.
    """
    sha = hashlib.sha256()
    with closing(open_reading(folder)) as database:
        for line in _content(database):
            sha.update(repr(line).encode())
    return sha.hexdigest()


def _content(database: sqlite3.Connection) -> Iterator[object]:
    """Rows without ids: nodes by their position in a text, texts by the places they stand in."""
    mask = MOST_NODES - 1
    yield database.execute("SELECT * FROM licence ORDER BY folder").fetchall()
    yield database.execute("SELECT * FROM inclusion ORDER BY path, included").fetchall()
    places = "SELECT path, source, size, digest, skipped FROM place ORDER BY path"
    for path, source, *rest in database.execute(places).fetchall():
        yield path, rest
        if source is None:
            continue
        about = (
            "SELECT key, language, failure, licence, wants, lends, text FROM source WHERE id = ?"
        )
        yield database.execute(about, (source,)).fetchone()
        found = "SELECT * FROM diagnostic WHERE source = ? ORDER BY rowid"
        yield [row[1:] for row in database.execute(found, (source,))]
        for sql, ids in (
            ("SELECT * FROM node WHERE id BETWEEN ? AND ? ORDER BY id", (0, 3, 4)),
            ("SELECT * FROM edge WHERE id BETWEEN ? AND ? ORDER BY id", (0, 2, 3, 4)),
            ("SELECT rowid, * FROM fts_raw WHERE rowid BETWEEN ? AND ? ORDER BY rowid", (0,)),
            ("SELECT * FROM fts_raw_docsize WHERE id BETWEEN ? AND ? ORDER BY id", (0,)),
            ("SELECT rowid, * FROM fts_graph WHERE rowid BETWEEN ? AND ? ORDER BY rowid", (0,)),
            ("SELECT rowid, * FROM fts_words WHERE rowid BETWEEN ? AND ? ORDER BY rowid", (0,)),
        ):
            for row in database.execute(sql, ids_of(source)):
                yield [
                    value & mask if at in ids and value >= 0 else value
                    for at, value in enumerate(row)
                ]
