"""Reading the index: nodes, edges, source texts, places; by words, see `FullText`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind, Place
from hdlsmith.retrieval.paths import distance
from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.fulltext import FullText, marks


class StoredNode(NamedTuple):
    """A node of the index; `parent` and `module` are ids, -1 for none."""

    id: int
    kind: Kind
    name: str
    parent: int
    module: int
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    detail: str

    @property
    def source(self) -> int:
        return self.id >> schema.POSITION_BITS

    @property
    def is_architecture(self) -> bool:
        """Whether it is a VHDL architecture whose entity stands in another file."""
        return self.kind is Kind.MODULE and self.detail.startswith("architecture ")


def find_index(start: Path) -> Path:
    """The nearest index folder, from a folder upwards.

    Raises:
        InputError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / schema.FOLDER / schema.DATABASE).is_file():
            return folder / schema.FOLDER
    raise InputError(f"there is no index in {start} or above", remedy="hdlsmith index build")


class Index(FullText):
    """An open index. All ids of nodes are the index's own (`source << 20 | position`); edges carry
    such ids too, -1 for none.
    """

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            InputError: no index there, a damaged one, or another version's.
        """
        self.folder = folder
        super().__init__(schema.open_reading(folder))
        self._version = -1
        self._opened = self._db.execute("PRAGMA data_version").fetchone()[0], self._file()
        self._languages: dict[int, Language] = {}
        self._licences: dict[str, str] = {}

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def is_old(self) -> bool:
        """Whether another process has changed the index, or replaced it, since it was opened."""
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        return (version, self._file()) != self._opened

    @property
    def is_held(self) -> bool:
        """Whether what is read is of one state; see `held`."""
        return self._db.in_transaction

    @contextmanager
    def held(self) -> Iterator[None]:
        """What is read inside is of one state of the index, whatever others write meanwhile."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def _file(self) -> Path:
        return (self.folder / schema.DATABASE).resolve()

    @cached_property
    def root(self) -> Path:
        """The indexed repository."""
        return schema.root_of(self._db, self.folder)

    def meta(self, key: str) -> str:
        """What the build noted under a key; empty if nothing."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    # nodes

    def node(self, node: int) -> StoredNode:
        """
        Raises:
            KeyError: no such node.
        """
        found = self.nodes((node,))
        if not found:
            raise KeyError(node)
        return found[0]

    def nodes(self, ids: Iterable[int]) -> list[StoredNode]:
        """Those that exist, in the order asked for."""
        rows = (
            self._db.execute("SELECT * FROM node WHERE id = ?", (node,)).fetchone() for node in ids
        )
        return [_node(row) for row in rows if row]

    def named(
        self, name: str, kinds: Sequence[Kind] = (), *, any_case: bool = False
    ) -> list[StoredNode]:
        """All nodes of this name, VHDL's whatever their case; with `any_case` all languages'."""
        found = self._nodes("name = ? COLLATE NOCASE", (name,), kinds)
        vhdl = Language.VHDL
        return [n for n in found if any_case or n.name == name or self.languages[n.source] is vhdl]

    def ids_of_kind(self, kinds: Sequence[Kind]) -> frozenset[int]:
        """Ids of all nodes of these kinds."""
        sql = f"SELECT id FROM node WHERE kind IN ({marks(kinds)})"  # noqa: S608
        return frozenset(row[0] for row in self._db.execute(sql, kinds))

    def of_kind(self, *kinds: Kind) -> list[StoredNode]:
        """All nodes of these kinds."""
        return self._nodes("TRUE", (), kinds)

    def of_source(self, source: int, kinds: Sequence[Kind] = ()) -> list[StoredNode]:
        """All nodes of a source text, parents before their children."""
        return self._nodes("id BETWEEN ? AND ?", schema.ids_of(source), kinds)

    def members(self, module: int, kinds: Sequence[Kind] = ()) -> list[StoredNode]:
        """Everything declared in a module, package or class, however deep."""
        where, source = "id BETWEEN ? AND ? AND module = ?", module >> schema.POSITION_BITS
        return self._nodes(where, (*schema.ids_of(source), module), kinds)

    def module_of(self, node: StoredNode) -> StoredNode | None:
        """The module, package or class around a node."""
        return None if node.module < 0 else self.node(node.module)

    def definitions(self, name: str) -> list[StoredNode]:
        """Modules of this name, in the order of their paths; for the one meant see `Netlist`.

        A name in another case counts only where no module has it as written, or in VHDL; a VHDL
        architecture that stands alone in its file only where no file has its entity.
        """
        found = self._nodes("name = ? COLLATE NOCASE", (name,), (Kind.MODULE,))
        exact = [n for n in found if n.name == name or self.languages[n.source] is Language.VHDL]
        whole = [n for n in exact or found if not n.is_architecture]
        return sorted(whole or exact or found, key=lambda n: self.paths(n.source)[0])

    def instances_of(self, module: str) -> list[Edge]:
        """INSTANTIATES edges to modules of this name, VHDL's in any case, from the whole index."""
        sql = (
            "SELECT * FROM edge WHERE kind = 'instantiates' AND name = ? COLLATE NOCASE ORDER BY id"
        )
        return [_edge(row) for row in self._db.execute(sql, (module,))]

    # edges

    def edges_to(self, node: int, kinds: Sequence[EdgeKind] = ()) -> list[Edge]:
        """Edges whose target a node is."""
        chosen = f"AND kind IN ({marks(kinds)})" if kinds else ""
        where = f"id BETWEEN ? AND ? AND target = ? {chosen}"
        sql = f"SELECT * FROM edge WHERE {where} ORDER BY id"  # noqa: S608
        values = (*schema.ids_of(node >> schema.POSITION_BITS), node, *kinds)
        return [_edge(row) for row in self._db.execute(sql, values)]

    def edges_of(self, source: int) -> list[Edge]:
        """All edges of a source text."""
        sql = "SELECT * FROM edge WHERE id BETWEEN ? AND ?"
        return [_edge(row) for row in self._db.execute(sql, schema.ids_of(source))]

    def edges_of_kind(self, *kinds: EdgeKind) -> list[Edge]:
        """All edges of these kinds, from the whole index."""
        sql = f"SELECT * FROM edge WHERE kind IN ({marks(kinds)}) ORDER BY id"  # noqa: S608
        return [_edge(row) for row in self._db.execute(sql, kinds)]

    # texts and places

    @property
    def languages(self) -> dict[int, Language]:
        """Language of each source text."""
        self._look_again()
        return self._languages

    def source_text(self, source: int) -> bytes:
        """The bytes that the spans of its nodes cut."""
        sql = "SELECT text FROM source WHERE id = ?"
        return bytes(self._db.execute(sql, (source,)).fetchone()[0])

    def text(self, node: StoredNode) -> str:
        """A node's own text, out of the index."""
        sql = "SELECT substr(text, ?, ?) FROM source WHERE id = ?"
        span = (node.start_byte + 1, node.end_byte - node.start_byte, node.source)
        row = self._db.execute(sql, span).fetchone()
        return bytes(row[0]).decode("utf-8", "replace")

    def lines(self, source: int, first: int, last: int) -> str:
        """Whole lines of a source text, from 1, both inside."""
        found = self.source_text(source).split(b"\n")[first - 1 : last]
        return b"\n".join(line.removesuffix(b"\r") for line in found).decode("utf-8", "replace")

    def places(self, node: StoredNode, near: str = "") -> tuple[Place, ...]:
        """Where a node stands in the repository, nearest to a path first."""
        rows = self._paths(node.source)
        return tuple(
            Place(path, node.start_line, node.end_line, licence)
            for path, licence in sorted(rows, key=lambda row: distance(row[0], near))
        )

    def paths(self, source: int) -> list[str]:
        """Paths of a source text, sorted."""
        return [path for path, _ in self._paths(source)]

    def source_at(self, path: str) -> int | None:
        """The source text at a repository path."""
        row = self._db.execute("SELECT source FROM place WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def key(self, source: int) -> str:
        """Of the bytes of a source text and of all it was read with."""
        sql = "SELECT key FROM source WHERE id = ?"
        return str(self._db.execute(sql, (source,)).fetchone()[0])

    def lenders(self, path: str) -> list[str]:
        """Paths of the files that a file was read with: includes, and where macros are defined."""
        sql = "SELECT included FROM inclusion WHERE path = ? ORDER BY included"
        return [row[0] for row in self._db.execute(sql, (path,))]

    def sources(self) -> Iterator[tuple[int, Language, list[str]]]:
        """Id, language and paths of every source text."""
        for source, language in self.languages.items():
            yield source, language, self.paths(source)

    # plumbing

    def _nodes(
        self, where: str, values: Sequence[object], kinds: Sequence[Kind]
    ) -> list[StoredNode]:
        # With a `+` SQLite does not go by the kind, of which there are thousands of nodes.
        kind = "kind" if where == "TRUE" else "+kind"
        chosen = f"AND {kind} IN ({marks(kinds)})" if kinds else ""
        sql = f"SELECT * FROM node WHERE {where} {chosen} ORDER BY id"  # noqa: S608
        return [_node(row) for row in self._db.execute(sql, (*values, *kinds))]

    def _paths(self, source: int) -> list[tuple[str, str]]:
        sql = (
            "SELECT path, licence FROM place JOIN source ON source.id = place.source "
            "WHERE source = ? ORDER BY path"
        )
        rows = self._db.execute(sql, (source,)).fetchall()
        self._look_again()
        return [(path, licence or self._licence_around(path)) for path, licence in rows]

    def _look_again(self) -> None:
        """Read anew what is kept in memory, if another process has changed the index since."""
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            rows = self._db.execute("SELECT id, language FROM source").fetchall()
            self._languages = {source: Language(name) for source, name in rows}
            self._licences = dict(self._db.execute("SELECT folder, licence FROM licence"))
            self._version = version

    def _licence_around(self, path: str) -> str:
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in self._licences:
                return self._licences[folder]
        return ""


def _node(row: Sequence[object]) -> StoredNode:
    return StoredNode(row[0], Kind(row[1]), *row[2:])  # type: ignore[arg-type]


def _edge(row: Sequence[object]) -> Edge:
    return Edge(EdgeKind(row[1]), *row[2:])  # type: ignore[arg-type]
