"""The nouns of the index: typed nodes and edges of an HDL repository, and evidence out of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from hdlsmith.design import Diagnostic


class Kind(StrEnum):
    """What a node is, whatever the language."""

    PROJECT = "project"
    FILE = "file"
    MODULE = "module"
    """A module, interface or program; a VHDL entity with its architecture; a Chisel module class;
    an HLS function."""
    PACKAGE = "package"
    CLASS = "class"
    PORT = "port"
    PARAMETER = "parameter"
    SIGNAL = "signal"
    TYPE = "type"
    ASSIGN = "assign"
    PROCESS = "process"
    INSTANCE = "instance"
    FUNCTION = "function"
    FSM = "fsm"


SCOPES = (Kind.MODULE, Kind.PACKAGE, Kind.CLASS)
"""Kinds that declare names."""

NAMED_VALUES = (Kind.PORT, Kind.PARAMETER, Kind.SIGNAL)
"""Kinds that carry a value, and so can be driven or read."""

BLOCKS = (Kind.ASSIGN, Kind.PROCESS, Kind.INSTANCE, Kind.FUNCTION)
"""Kinds that hold code with a meaning of its own."""


ELSEWHERE = "declared elsewhere"
"""Detail of a name that stands for a port or generic of an entity in another file."""


class EdgeKind(StrEnum):
    """How two nodes hang together. CONTAINS and DECLARES are a node's `parent`, not rows."""

    DRIVES = "drives"
    """Block -> named value: a statement assigns it."""
    READS = "reads"
    """Block -> named value: what is assigned to `driven` depends on it, as data or condition."""
    CONNECTS = "connects"
    """Instance -> net of the module around it; `name` is the port it is connected to, `#0`, `#1`
    of ordered ones; `.*` without a target stands for all ports of the names of nets."""
    INSTANTIATES = "instantiates"
    """Instance -> module, by `name`: modules are found when the graph is walked."""
    CLOCKED_BY = "clocked_by"
    """Process -> signal; `clock_edge` is `posedge` or `negedge`."""
    RESET_BY = "reset_by"
    """Process -> signal; `clock_edge` is its edge, or empty for a synchronous reset; `condition`
    is the level that resets, `0` or `1`."""


class Node(NamedTuple):
    """One thing in one source text. A tuple, because a build makes hundreds of thousands.

    Attributes:
        parent: position in `FileGraph.nodes` of what contains it; -1 for the outermost.
        start_line, end_line: from 1, both inside.
        start_byte, end_byte: of the source's bytes, half open; of code out of a macro, the place
            where the macro is used.
        detail: what the declaration says beside the name, on one line: `output logic [7:0]`,
            `always_ff @(posedge clk)`, an instance's module, a module's keyword.
    """

    kind: Kind
    name: str
    parent: int
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    detail: str = ""


class Edge(NamedTuple):
    """One relation inside one source text.

    Attributes:
        source, target: positions in `FileGraph.nodes`; target -1 where only `name` tells it
            (another file's module).
        driven: of READS, the named value whose assignment reads; else -1.
        name: see `EdgeKind`.
        line: of the statement, from 1.
        clock_edge: `posedge`, `negedge` or empty, of the process around the statement.
        condition: of DRIVES, what must hold for the statement to run, on one line; of INSTANTIATES
            what must hold for the generate blocks around it to be there.
    """

    kind: EdgeKind
    source: int
    target: int
    driven: int = -1
    name: str = ""
    line: int = 0
    clock_edge: str = ""
    condition: str = ""


class FileGraph(NamedTuple):
    """What a front end made of one source text.

    Attributes:
        nodes: parents stand before their children.
        includes: repository paths of the files it read besides its own text.
        diagnostics: what it could not read; the graph is then partial.
    """

    nodes: list[Node]
    edges: list[Edge]
    includes: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where a text stands in the repository; lines from 1, both inside.

    Attributes:
        stale: the file is no longer what was indexed.
    """

    path: str
    start_line: int
    end_line: int
    licence: str = ""
    stale: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.start_line}"


@dataclass(frozen=True)
class Evidence:
    """One found node with the reason why it is here.

    Attributes:
        node: its id in the index.
        module: name of the module, package or class around it; empty for an outermost node.
        detail: see `Node.detail`.
        words: what it does in plain words, by rule from its AST; may be empty.
        text: its source lines as they were indexed; of a long one those that matter, with a line
            `…` for each gap.
        lines: their numbers in the file; 0 of a gap.
        places: where this very text stands, first the one asked about; never empty.
        score: higher is better; comparable within one answer only.
        reason: why it was found: `named clk_i`, `drives data_o (2 modules up)`.
    """

    node: int
    kind: Kind
    name: str
    module: str
    detail: str
    words: str
    text: str
    lines: tuple[int, ...]
    places: tuple[Place, ...]
    score: float
    reason: str
