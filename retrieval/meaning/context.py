"""Words around a node: what authors wrote near it, at what it uses, and where it is used.

A question seldom repeats the words of the very lines that answer it; the lines around them, the
comments at the declarations of what a block uses and at the statements that use a signal say what
it is part of. These words are only searched, never shown.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.meaning.comments import Comments
from hdlsmith.retrieval.meaning.relations import scope_around
from hdlsmith.retrieval.nodes import (
    BLOCKS,
    NAMED_VALUES,
    SCOPES,
    Edge,
    EdgeKind,
    FileGraph,
    Kind,
    Node,
)

_COMMENT_LINES = 8
"""Comments that far above and below a node are about what it is part of."""
_CODE_LINES = 4
_HEADER_LINES = 40
"""A module's header comment begins at most so far above it."""
_MOST_USES = 12
"""Statements that are looked at for one signal: a clock's would fill a book."""
_MOST_LINES = 200
"""Of a node's own text."""
_MOST_NAMES = 8
_OFTEN = 4
"""Lines of a module that name what it is about."""
_LONGEST_LINE = 1000
"""What is behind on a line is not looked at: thousands of nodes may stand on one."""

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_USING = (EdgeKind.DRIVES, EdgeKind.READS, EdgeKind.CONNECTS)
_WITHIN = frozenset((*BLOCKS, *NAMED_VALUES, Kind.TYPE, Kind.FSM))


class Context(NamedTuple):
    """What a node is found by beside its own text.

    Attributes:
        names: the names it is known by, written out, one a line: its own; a block's are those of
            the values it drives, too.
        said: the comments right above and behind it; of a module also what it often names.
        around: comments and words of names around it, its module's among them; of a module, those
            inside.
    """

    names: str
    said: str
    around: str


def contexts(text: bytes, graph: FileGraph, comments: Comments) -> dict[int, Context]:
    """Position in `graph.nodes` -> context of that node, for all kinds that are searched."""
    lines = _Lines(text, comments)
    relations = _Relations(graph.edges)
    found = {}
    for position, node in enumerate(graph.nodes):
        if node.kind in SCOPES:
            header = range(node.start_line - _HEADER_LINES, node.start_line + 1)
            inside = range(node.start_line, node.end_line + 1)
            said = f"{lines.said(header)} {lines.often_named(inside)}"
            around = f"{lines.said(inside)} {lines.named(inside)}"
            found[position] = Context(words_of(node.name), said, around)
        elif node.kind in _WITHIN:
            driven = [graph.nodes[value].name for value in relations.driven[position]]
            names = dict.fromkeys(map(words_of, [node.name, *driven[:_MOST_NAMES]]))
            around = _around(position, graph.nodes, relations, lines)
            said = comments.near(node.start_line)
            found[position] = Context("\n".join(filter(None, names)), said, around)
    return found


def _around(position: int, nodes: list[Node], relations: "_Relations", lines: "_Lines") -> str:
    node = nodes[position]
    near = range(node.start_line - _COMMENT_LINES, node.end_line + _COMMENT_LINES + 1)
    declared = (nodes[value].start_line for value in relations.used[position])
    said = [line for at in declared for line in (at - 1, at)]
    uses = list(relations.uses[position])[:_MOST_USES]
    said += [line for at in uses for line in range(at - 2, at + 1)]
    own_end = min(node.end_line, node.start_line + _MOST_LINES)
    code = [*range(node.start_line - _CODE_LINES, own_end + _CODE_LINES + 1), *uses]
    scope = scope_around(position, nodes)
    module = words_of(nodes[scope].name) if scope >= 0 else ""
    return f"{lines.said((*near, *said))} {lines.named(code)} {module}".strip()


class _Relations:
    """Edges of one source by what they are looked up with.

    Attributes:
        used: block -> values it drives, reads or connects.
        uses: value -> lines of the statements that use it.
        driven: block -> values it drives.
    """

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.used: defaultdict[int, dict[int, None]] = defaultdict(dict)
        self.uses: defaultdict[int, dict[int, None]] = defaultdict(dict)
        self.driven: defaultdict[int, dict[int, None]] = defaultdict(dict)
        for edge in edges:
            if edge.kind not in _USING or edge.target < 0:
                continue
            self.used[edge.source][edge.target] = None
            self.uses[edge.target][edge.line] = None
            if edge.driven >= 0:
                self.uses[edge.driven][edge.line] = None
            if edge.kind is EdgeKind.DRIVES:
                self.driven[edge.source][edge.target] = None


class _Lines:
    """What each line of a source says (comments) and names (code)."""

    def __init__(self, text: bytes, comments: Comments) -> None:
        self._said = comments.alone | comments.behind
        self._alone = comments.alone
        self._code = text.decode("utf-8", "replace").split("\n")
        self._names: dict[int, tuple[str, ...]] = {}

    def said(self, lines: Iterable[int]) -> str:
        """Their comments, one after another, as often as a line is given."""
        return " ".join(self._said[line] for line in lines if line in self._said)

    def named(self, lines: Iterable[int]) -> str:
        """The written-out words of the identifiers of these lines, each once."""
        words = (word for line in dict.fromkeys(lines) for word in self._names_on(line))
        return " ".join(dict.fromkeys(words))

    def often_named(self, lines: Iterable[int]) -> str:
        """As `named`, but only what stands on several of the lines: what most of them are about."""
        counts = Counter(word for line in lines for word in dict.fromkeys(self._names_on(line)))
        return " ".join(word for word, count in counts.items() if count >= _OFTEN)

    def _names_on(self, line: int) -> tuple[str, ...]:
        if line not in self._names:
            known = 0 < line <= len(self._code) and line not in self._alone
            code = self._code[line - 1][:_LONGEST_LINE].partition("//")[0] if known else ""
            written_out = (words_of(name) for name in _IDENTIFIER.findall(code))
            self._names[line] = tuple(word for words in written_out for word in words.split())
        return self._names[line]
