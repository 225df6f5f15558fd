"""What is ranked: the nodes of the index, the same for every system, with their own text."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hdlsmith.benchmarks.hdl_search.queries import Answer
from hdlsmith.retrieval.nodes import BLOCKS, NAMED_VALUES, Kind
from hdlsmith.retrieval.store.index import Index, StoredNode

KINDS: dict[str, tuple[Kind, ...]] = {
    "module": (Kind.MODULE,),
    "block": BLOCKS,
    "signal": NAMED_VALUES,
}
"""Every system is told which of these three a question is about, and ranks no other nodes."""


class Document(NamedTuple):
    """One piece of code, however many copies there are: equal text, name and module's name."""

    group: str
    name: str
    module: str
    text: str

    @property
    def described(self) -> str:
        """What the baselines read: where it stands, what it is called, and its code. Best on dev
        of five ways to put it.
        """
        return f"{self.module} {self.name} {self.text}"


@dataclass(frozen=True)
class Documents:
    """All that can be found.

    Attributes:
        of_group: `module`, `block`, `signal` -> positions in `all`.
        of_node: node of the index -> position in `all`.
    """

    all: Sequence[Document]
    of_group: dict[str, list[int]]
    of_node: dict[int, int]

    def ranked(self, nodes: Iterable[int], k: int) -> list[int]:
        """Nodes, best first, as at most k documents; of copies, the first counts."""
        found = dict.fromkeys(self.of_node[node] for node in nodes if node in self.of_node)
        return list(found)[:k]


def read_documents(index: Index) -> Documents:
    """The documents of an index, in the order of its nodes."""
    position: dict[Document, int] = {}
    of_node = {}
    for group, kinds in KINDS.items():
        by_source = defaultdict[int, list[StoredNode]](list)
        for node in index.of_kind(*kinds):
            by_source[node.source].append(node)
        for source, nodes in by_source.items():
            text = index.source_text(source)
            names = {node.id: node.name for node in index.of_source(source)}
            for node in nodes:
                own = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
                document = Document(group, node.name, names.get(node.module, ""), own)
                of_node[node.id] = position.setdefault(document, len(position))
    of_group = defaultdict[str, list[int]](list)
    for document, at in position.items():
        of_group[document.group].append(at)
    return Documents(list(position), dict(of_group), of_node)


def find_answers(
    index: Index, documents: Documents, group: str, answers: Iterable[Answer]
) -> set[int]:
    """The documents that answer; empty if the index does not hold them, and then nobody finds them.

    Meant is the node of that kind which begins on the answer's line or, if none does, reaches over
    it; among several, the one of the answer's name. Without a path it is found by name and module.
    """
    found = set()
    for answer in answers:
        near = _at_line(index, group, answer) if answer.path else _by_name(index, group, answer)
        if near:
            found.add(documents.of_node[near[0].id])
    return found


def _at_line(index: Index, group: str, answer: Answer) -> list[StoredNode]:
    source = index.source_at(answer.path)
    if source is None:
        return []
    return sorted(
        (
            node
            for node in index.of_source(source, KINDS[group])
            if node.start_line <= answer.line <= node.end_line
            or (answer.name and node.name == answer.name)
        ),
        key=lambda node: (
            node.name.lower() != answer.name.lower() if answer.name else False,
            abs(node.start_line - answer.line),
            node.end_line - node.start_line,
        ),
    )


def _by_name(index: Index, group: str, answer: Answer) -> list[StoredNode]:
    named = index.named(answer.name, KINDS[group])
    within = ((index.module_of(node) or node).name.lower() for node in named)
    return [n for n, m in zip(named, within, strict=True) if answer.module.lower() in ("", m)]
