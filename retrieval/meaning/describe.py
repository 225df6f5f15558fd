"""Plain words for every node of a source worth them, made by rule."""

from typing import NamedTuple

from hdlsmith.languages import LANGUAGES, VERILOG_FAMILY, Language
from hdlsmith.retrieval.abbreviations import long_forms, words_of
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.meaning.blocks import BlockWords, describe_block
from hdlsmith.retrieval.meaning.code import Code
from hdlsmith.retrieval.meaning.comments import Comments
from hdlsmith.retrieval.meaning.context import Context, contexts
from hdlsmith.retrieval.meaning.declarations import instance_words, named_value_words, type_words
from hdlsmith.retrieval.meaning.edges import codes_by_edges
from hdlsmith.retrieval.meaning.flops import flops_of
from hdlsmith.retrieval.meaning.fsm import Fsm, find_fsms
from hdlsmith.retrieval.meaning.fsm_words import fsm_words, short_words
from hdlsmith.retrieval.meaning.modules import module_words
from hdlsmith.retrieval.meaning.phrases import clip
from hdlsmith.retrieval.meaning.relations import Relations
from hdlsmith.retrieval.nodes import BLOCKS, NAMED_VALUES, SCOPES, FileGraph, Kind, Node

MAX_WORDS = 110
"""Of one node."""


class Meaning(NamedTuple):
    """What a source's nodes do.

    Attributes:
        words: position -> plain words; positions from `len(graph.nodes)` on are those of `fsms`.
        fsms: state machines found, nodes to be added behind the graph's.
        contexts: position -> what is found around it, positions as of `words`.
    """

    words: dict[int, str]
    fsms: tuple[Node, ...] = ()
    contexts: dict[int, Context] = {}  # noqa: RUF012 - never changed


def describe(
    language: Language, path: str, text: bytes, around: Surroundings, graph: FileGraph
) -> Meaning:
    """Describe a source's nodes by the forms of their code and by their neighbours.

    Any text is safe: what can't be understood is described by its names and edges alone.
    """
    relations = Relations(graph)
    codes = _codes(language, path, text, around, graph, relations)
    blocks, machines = _blocks_and_machines(graph, relations, codes)
    comments = Comments(text, LANGUAGES[language].line_comment)
    words = {}
    for position in range(len(graph.nodes)):
        said = _words(position, graph, relations, blocks)
        said = ". ".join(filter(None, (said, long_forms(said))))
        if said:
            words[position] = clip(said, MAX_WORDS)
    fsms: list[Node] = []
    for fsm in machines:
        words[len(graph.nodes) + len(fsms)] = clip(fsm_words(fsm), MAX_WORDS)
        fsms.append(_node_of(fsm, graph))
    with_fsms = graph._replace(nodes=[*graph.nodes, *fsms])
    return Meaning(words, tuple(fsms), contexts(text, with_fsms, comments))


def _codes(
    language: Language,
    path: str,
    text: bytes,
    around: Surroundings,
    graph: FileGraph,
    relations: Relations,
) -> dict[int, Code]:
    if language not in VERILOG_FAMILY:
        return codes_by_edges(language, text, graph, relations)
    from hdlsmith.retrieval.meaning.systemverilog import codes

    return codes(path, text, around, graph)


def _words(
    position: int, graph: FileGraph, relations: Relations, blocks: dict[int, BlockWords]
) -> str:
    node = graph.nodes[position]
    if node.kind in NAMED_VALUES:
        return named_value_words(position, graph, relations, blocks)
    if node.kind is Kind.INSTANCE:
        return instance_words(position, graph, relations)
    if node.kind in BLOCKS:
        own = words_of(node.name) if node.kind is Kind.FUNCTION else ""
        told = blocks[position].words if position in blocks else ""
        return ". ".join(filter(None, (own, told)))
    if node.kind in SCOPES:
        return module_words(position, graph, relations, blocks)
    if node.kind is Kind.TYPE:
        return type_words(node)
    return ""


def _blocks_and_machines(
    graph: FileGraph, relations: Relations, codes: dict[int, Code]
) -> tuple[dict[int, BlockWords], list[Fsm]]:
    by_scope: dict[int, dict[int, Code]] = {}
    for position, code in codes.items():
        by_scope.setdefault(relations.scope(position), {})[position] = code
    blocks: dict[int, BlockWords] = {}
    machines: list[Fsm] = []
    for scope, inside in by_scope.items():
        flops = flops_of(inside.values())
        found = list(find_fsms(inside, _variables(scope, graph, relations)))
        machines += found
        for position, code in inside.items():
            told = describe_block(code, flops)
            here = [short_words(fsm) for fsm in found if fsm.block == position]
            blocks[position] = told._replace(words=". ".join((*here, told.words)))
    return blocks, machines


def _variables(scope: int, graph: FileGraph, relations: Relations) -> frozenset[str]:
    inside = (graph.nodes[child] for child in relations.children[scope])
    return frozenset(node.name for node in inside if node.kind in (Kind.PORT, Kind.SIGNAL))


def _node_of(fsm: Fsm, graph: FileGraph) -> Node:
    detail = f"states {', '.join(fsm.states)}"
    return graph.nodes[fsm.block]._replace(kind=Kind.FSM, name=fsm.register, detail=detail)
