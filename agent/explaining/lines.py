"""What single lines of a module do, by rule: from its declarations and the edges of its graph."""

from collections.abc import Iterator
from typing import NamedTuple

from hdlsmith.agent.explaining.ground import Ground
from hdlsmith.agent.explaining.page import code
from hdlsmith.agent.explaining.wording import edge_words, names
from hdlsmith.retrieval.anatomy.anatomy import Anatomy, Role
from hdlsmith.retrieval.nodes import Edge, EdgeKind, Kind
from hdlsmith.retrieval.store.index import StoredNode

_NOUNS = {Kind.PARAMETER: "parameter", Kind.SIGNAL: "signal", Kind.TYPE: "type"}
_MOST_WORDS_OF_TYPE = 12


class LineNote(NamedTuple):
    """
    Attributes:
        text: the source line, without blanks around it.
        words: what it does; names stand in backticks.
    """

    line: int
    text: str
    words: str


def describe_lines(ground: Ground, first: int, last: int) -> Iterator[LineNote]:
    """Those lines of a range that declare, assign or connect something, in order."""
    anatomy = ground.anatomy
    for number in range(max(first, ground.first_line), min(last, ground.last_line) + 1):
        said = [
            *_begun(anatomy, number),
            *_declared(ground, number),
            *_assigned(ground, number),
            *_connected(ground, number),
            *_stepped(anatomy, number),
        ]
        if said:
            yield LineNote(number, (ground.line(number) or "").strip(), "; ".join(said))


def _begun(anatomy: Anatomy, line: int) -> Iterator[str]:
    """Blocks of several lines, and instances, say at their first what they do."""
    for block in anatomy.blocks:
        if block.span.line == line and (block.kind == "instance" or block.last_line > line):
            called = f" {code(block.name)}" if block.name else ""
            article = "an" if block.kind[0] in "aeiou" else "a"
            does = f": {block.words}" if block.words else ""
            yield f"begins {article} {block.kind}{called}{does}"


def _declared(ground: Ground, line: int) -> Iterator[str]:
    roles = {port.name: port for port in ground.anatomy.ports}
    for node in ground.declared_at.get(line, ()):
        port = roles.get(node.name) if node.kind is Kind.PORT else None
        if port:
            role = f" ({port.role})" if port.role is not Role.DATA else ""
            typed = f", {code(port.type)}" if port.type else ""
            yield f"declares the {port.direction} {code(node.name)}{role}{typed}"
        else:
            yield f"declares the {_NOUNS.get(node.kind, 'name')} {_with_type(node)}"


def _with_type(node: StoredNode) -> str:
    words = node.detail.split()
    short = len(words) <= _MOST_WORDS_OF_TYPE
    return f"{code(node.name)}{f', {code(node.detail)}' if short and words else ''}"


def _assigned(ground: Ground, line: int) -> Iterator[str]:
    here = ground.edges_at.get(line, ())
    told = set()
    for edge in here:
        if edge.kind is not EdgeKind.DRIVES or (edge.target, edge.condition) in told:
            continue
        told.add((edge.target, edge.condition))
        read = [ground.name(e.target) for e in here if _feeds(e, edge)]
        yield _assignment(ground.name(edge.target), read, edge)


def _feeds(read: Edge, drive: Edge) -> bool:
    return read.kind is EdgeKind.READS and read.driven == drive.target


def _assignment(net: str, read: list[str], edge: Edge) -> str:
    words = f"assigns {code(net)}"
    words += f", depending on {names(read)}" if read else " a constant"
    if edge.clock_edge:
        words += f", at the {edge_words(edge.clock_edge)} clock edge"
    if edge.condition:
        words += f", when {code(edge.condition)}"
    return words


def _connected(ground: Ground, line: int) -> Iterator[str]:
    for edge in ground.edges_at.get(line, ()):
        if edge.kind is EdgeKind.CONNECTS and (net := ground.name(edge.target)):
            instance = code(ground.name(edge.source))
            yield f"connects port {code(edge.name)} of {instance} to {code(net)}"


def _stepped(anatomy: Anatomy, line: int) -> Iterator[str]:
    for fsm in anatomy.fsms:
        for step in fsm.transitions:
            if step.span.line == line:
                begin = code(step.source) or "any state"
                yield f"{code(fsm.register)} goes from {begin} to {code(step.target)}"
