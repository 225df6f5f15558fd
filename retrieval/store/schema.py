"""How the index lies in SQLite, and how its file is opened.

Only this folder speaks SQL. A node's id is `source << 20 | position`, so all nodes of a source
text, and all its edges (`edge.id` is made alike), are one range of rows: whatever is asked about a
node is answered from that range, and no table needs an index that every insert would pay for.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from hdlsmith.errors import InputError
from hdlsmith.retrieval.nodes import SCOPES, Kind
from hdlsmith.retrieval.store.words import split_texts

FOLDER = ".hdlsmith"
DATABASE = "index.sqlite"
_PREFIX = "index-"
SCHEMA_VERSION = "3"
"""Raised when tables, front ends or texts change so that an older index must be built anew."""

POSITION_BITS = 20
"""Of the id of a node or an edge."""

MOST_NODES = 1 << POSITION_BITS
"""In one source text, and as many edges."""


def ids_of(source: int) -> tuple[int, int]:
    """First and last id that a node or an edge of a source text can have."""
    first = source << POSITION_BITS
    return first, first | MOST_NODES - 1


RAW_KINDS = frozenset(
    kind.value
    for kind in (*SCOPES, Kind.TYPE, Kind.ASSIGN, Kind.PROCESS, Kind.INSTANCE, Kind.FUNCTION)
)
"""Kinds that are found by their own text."""

TABLES = f"""
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source(
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, language TEXT NOT NULL,
    failure TEXT NOT NULL, licence TEXT NOT NULL, wants TEXT NOT NULL, lends INTEGER NOT NULL,
    text BLOB NOT NULL);
CREATE TABLE place(
    path TEXT PRIMARY KEY, source INTEGER, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL, digest TEXT NOT NULL, skipped TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE licence(folder TEXT PRIMARY KEY, licence TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE inclusion(
    path TEXT NOT NULL, included TEXT NOT NULL, PRIMARY KEY(path, included)) WITHOUT ROWID;
CREATE TABLE diagnostic(
    source INTEGER NOT NULL, line INTEGER NOT NULL, severity TEXT NOT NULL, code TEXT NOT NULL,
    message TEXT NOT NULL);
CREATE TABLE node(
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, parent INTEGER NOT NULL,
    module INTEGER NOT NULL, start_line INTEGER NOT NULL, end_line INTEGER NOT NULL,
    start_byte INTEGER NOT NULL, end_byte INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE TABLE edge(
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL,
    driven INTEGER NOT NULL, name TEXT NOT NULL, line INTEGER NOT NULL, clock_edge TEXT NOT NULL,
    condition TEXT NOT NULL);
CREATE TABLE vector(node INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE TABLE embedded(source INTEGER PRIMARY KEY, embedder TEXT NOT NULL);
CREATE VIEW raw_text AS
    SELECT node.id AS id, searchable(name) AS name,
        searchable(substr(text, start_byte + 1, end_byte - start_byte)) AS text
    FROM node JOIN source ON source.id = node.id >> {POSITION_BITS}
    WHERE kind IN ('{"', '".join(sorted(RAW_KINDS))}');
CREATE VIRTUAL TABLE fts_raw USING fts5(name, text, content='raw_text', content_rowid='id');
CREATE VIRTUAL TABLE fts_graph USING fts5(name, text);
CREATE VIRTUAL TABLE fts_words USING fts5(
    text, names, said, around, origin UNINDEXED, tokenize='porter unicode61');
INSERT INTO fts_raw(fts_raw, rank) VALUES('hashsize', 16777216);
INSERT INTO fts_graph(fts_graph, rank) VALUES('hashsize', 16777216);
INSERT INTO fts_words(fts_words, rank) VALUES('hashsize', 16777216);
"""  # noqa: S608 - our own names
"""FTS5 sorts 16 MB of what comes in memory: fewer segments to merge, and to look into later.

It takes raw texts from the view where it must know one again (to delete it): they are not stored
twice.
"""

INDICES = """
CREATE INDEX IF NOT EXISTS place_source ON place(source);
CREATE INDEX IF NOT EXISTS inclusion_included ON inclusion(included);
CREATE INDEX IF NOT EXISTS diagnostic_source ON diagnostic(source);
CREATE INDEX IF NOT EXISTS node_name ON node(name COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS node_kind ON node(kind);
CREATE INDEX IF NOT EXISTS vector_key ON vector(key);
CREATE INDEX IF NOT EXISTS edge_instantiates ON edge(name COLLATE NOCASE)
    WHERE kind = 'instantiates';
"""
"""Made at the end of a fresh build: sorting once is cheaper than keeping order."""


REMEDY = "hdlsmith index build"


def root_of(connection: sqlite3.Connection, folder: Path) -> Path:
    """The indexed repository: what is around `.hdlsmith`, wherever that was moved, copied or cloned
    to; of an index that lies elsewhere, what its build noted.
    """
    folder = folder.resolve()
    if folder.name == FOLDER:
        return folder.parent
    return Path(connection.execute("SELECT value FROM meta WHERE key = 'root'").fetchone()[0])


def refuse_links(folder: Path) -> None:
    """Refuse an index folder with links, or what is no file: whoever wrote the repository could
    have put them there, and what is written to the index would land where they lead.

    Raises:
        InputError: there are any but the one that `publish` makes.
    """
    tops = (folder, folder / "vectors")
    for path in chain(tops, (inside for top in tops for inside in top.glob("*"))):
        if path.is_symlink():
            target = path.readlink()
            sound = target.name == str(target) and target.name.startswith(_PREFIX)
        else:
            sound = path.is_dir() or path.is_file() or not path.exists()
        if not sound:
            raise InputError(
                f"{path} is a link or a device, and hdlsmith made none",
                remedy="remove it, or name another folder with --index",
            )


def open_reading(folder: Path) -> sqlite3.Connection:
    """A connection that can't change the index and holds up nobody who does.

    Raises:
        InputError: there is none, it is damaged, or another version made it.
    """
    # Beside a database in WAL mode SQLite makes two small files, even to read.
    mode = "ro" if os.access(folder, os.W_OK) else "ro&immutable=1"
    return _open(folder, mode)


def open_writing(folder: Path) -> sqlite3.Connection:
    """A connection for changing an index that is there; only one at a time can write.

    Raises:
        InputError: as `open_reading`.
    """
    connection = _open(folder, "rw")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """What is written inside comes all at once; where it fails, closing the connection undoes it.

    From its first line on nobody else changes the index.
    """
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("COMMIT")


def create(folder: Path) -> tuple[sqlite3.Connection, Path]:
    """An empty database that is no index yet: `publish` makes it the one.

    It is written without a journal: what a crash leaves of it is void.
    """
    path = folder / f"{_PREFIX}{time.time_ns():x}.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    _teach(connection)
    connection.executescript(
        f"PRAGMA page_size=16384; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {TABLES}"
    )
    connection.execute("REPLACE INTO meta VALUES('schema', ?)", (SCHEMA_VERSION,))
    return connection, path


def publish(connection: sqlite3.Connection, folder: Path, path: Path) -> None:
    """Make a finished database the index in one step; who reads the old one can go on.

    `index.sqlite` is a link: the files that SQLite keeps beside a database in WAL mode are named
    after what it leads to, so those of the old index can't meet the new one.
    """
    connection.executescript(f"{INDICES} PRAGMA journal_mode=WAL;")
    connection.close()
    link = folder / f"{DATABASE}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(path.name)
    link.replace(folder / DATABASE)
    sweep(folder)


def sweep(folder: Path) -> None:
    """Remove databases that are not the index: old ones, and what a killed build left."""
    current = (folder / DATABASE).resolve().name
    for path in folder.glob(f"{_PREFIX}*.sqlite*"):
        if not path.name.startswith(current):
            path.unlink()


def _open(folder: Path, mode: str) -> sqlite3.Connection:
    path = folder / DATABASE
    if not path.is_file():
        raise InputError(f"there is no index in {folder}", remedy=REMEDY)
    refuse_links(folder)
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=10
    )
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise InputError(f"{path} is no index, or damaged: {error}", remedy=REMEDY) from error
    if row is None or row[0] != SCHEMA_VERSION:
        connection.close()
        raise InputError(f"another version of hdlsmith made the index {path}", remedy=REMEDY)
    _teach(connection)
    return connection


def _teach(connection: sqlite3.Connection) -> None:
    """Give SQL the function that the view `raw_text` calls."""
    connection.create_function("searchable", 1, _searchable, deterministic=True)


def _searchable(text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return split_texts((data,))[0]
