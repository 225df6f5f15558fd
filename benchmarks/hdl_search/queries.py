"""Questions from comments: what stands above or behind a piece of code, and which code that is."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hdlsmith.benchmarks.hdl_search.comments import (
    Comment,
    as_query,
    content_words,
    paragraphs,
    read_comments,
)
from hdlsmith.benchmarks.hdl_search.masking import identifiers_in, masked
from hdlsmith.benchmarks.hdl_search.nodes_of_code import CodeNode, read_nodes
from hdlsmith.languages import language_of

NGRAM = 5
_MIN_MASKED_WORDS = 3
_HEADER_CODE = re.compile(
    rb"\s+|`\w+[^\n]*|\bimport\s[^;]*;|\(\*.*?\*\)|\b(?:library|use|end)\b[^;]*;", re.I | re.S
)


@dataclass(frozen=True)
class Answer:
    """A place that answers a question: `line` is the first of the node's code, from 1."""

    path: str
    line: int
    name: str
    module: str


@dataclass(frozen=True)
class Query:
    """One question.

    Attributes:
        group: `module`, `block` or `signal`.
        named: the comment as it is.
        masked: without the answer's identifiers; empty if too little is left.
        answers: equal code only; never empty.
    """

    group: str
    named: str
    masked: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class _Found:
    group: str
    text: str
    code: str
    node: CodeNode
    answer: Answer


def make_queries(texts: Mapping[str, bytes]) -> list[Query]:
    """All questions that the comments of a tree yield, in the order of the tree.

    A comment that is about several different pieces of code asks nothing: it is left out.
    """
    known = set[str]()
    found = defaultdict[tuple[str, ...], list[_Found]](list)
    for path, text in texts.items():
        known |= identifiers_in(text.decode("utf-8", "replace"))
        for one in _about(path, text):
            found[words(one.text)].append(one)
    queries = []
    for same in found.values():
        first = same[0]
        if len({(one.group, one.node.module, one.code) for one in same}) == 1:
            hidden = masked(first.text, first.node, first.code, known)
            enough = len(set(content_words(hidden))) >= _MIN_MASKED_WORDS
            answers = tuple(one.answer for one in same)
            queries.append(Query(first.group, first.text, hidden if enough else "", answers))
    return queries


def words(text: str) -> tuple[str, ...]:
    """The words of a text as copies are compared: lower case, nothing else."""
    return tuple(re.findall(r"[a-z0-9_]+", text.lower()))


def ngrams(text: str) -> set[tuple[str, ...]]:
    """Its runs of five words; of a shorter text, all of it."""
    said = words(text)
    return {said[at : at + NGRAM] for at in range(max(1, len(said) - NGRAM + 1))}


def _about(path: str, text: bytes) -> Iterator[_Found]:
    """Each comment of a file that is about one node, with that node."""
    language = language_of(path)
    assert language
    nodes = read_nodes(text, language)
    line_starts = [0, *(match.end() for match in re.finditer(rb"\n", text))]
    comments = read_comments(text, language)
    blank = bytearray(text)
    for comment in comments:
        for start, end in comment.spans:
            blank[start:end] = re.sub(rb"[^\n]", b" ", text[start:end])
    lines = _Lines(bytes(blank), line_starts, nodes)
    said_of: dict[CodeNode, str] = {}
    for comment in comments:
        node = lines.described_by(comment)
        if node and (said := next(filter(None, map(as_query, paragraphs(comment))), "")):
            said_of.setdefault(node, said)
    for node, said in said_of.items():
        code = " ".join(blank[node.start : node.end].decode("utf-8", "replace").split())
        line = bisect_right(line_starts, node.start)
        yield _Found(node.group, said, code, node, Answer(path, line, node.name, node.module))


class _Lines:
    """Which code a comment stands at, in a file whose comments are blanked."""

    def __init__(self, code: bytes, starts: list[int], nodes: list[CodeNode]) -> None:
        self._code = code
        self._starts = starts
        self._by_line = defaultdict[int, list[CodeNode]](list)
        for node in nodes:
            self._by_line[bisect_right(starts, node.start)].append(node)
        self._modules = [node for node in nodes if node.group == "module"]

    def described_by(self, comment: Comment) -> CodeNode | None:
        """The one node that a comment describes, if there is one.

        A trailing comment describes the declaration, or the block, that begins on its line and
        is the only one there. A comment above describes the node that begins on the next line,
        unless further nodes of its kind follow at once: then it heads a group. A module is
        described by comments above it with only imports and directives between.
        """
        if comment.trails:
            return self._only_one(comment.first_line)
        module = next((m for m in self._modules if m.start > comment.spans[-1][1]), None)
        if module:
            between = self._code[comment.spans[-1][1] : module.start]
            if not _HEADER_CODE.sub(b"", between):
                return module
        node = self._only_one(comment.last_line + 1)
        if node and node.group != "module" and not self._heads_a_group(node):
            return node
        return None

    def _only_one(self, line: int) -> CodeNode | None:
        here = self._by_line.get(line, [])
        here = [node for node in here if node.group != "module"]
        return here[0] if len(here) == 1 and self._begins(here[0], line) else None

    def _begins(self, node: CodeNode, line: int) -> bool:
        return not self._code[self._starts[line - 1] : node.start].strip(b" \t,(")

    def _heads_a_group(self, node: CodeNode) -> bool:
        following = bisect_right(self._starts, max(node.start, node.end - 1)) + 1
        return any(next_.group == node.group for next_ in self._by_line.get(following, ()))
