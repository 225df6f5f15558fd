"""Channels: each finds nodes for a question in its own way, and says why."""

import math
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from heapq import nlargest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hdlsmith.retrieval.nodes import BLOCKS, NAMED_VALUES, EdgeKind, Kind
from hdlsmith.retrieval.searching.fusion import Found
from hdlsmith.retrieval.searching.terms import Terms, stem
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.word_scores import Field, Numbers, Scores

DEPTH = 200
"""Nodes that a channel hands on."""

_NODES = 100_000
"""Of a large index: a name that one node has says the logarithm of that."""
_MOST_DRIVEN = 20
_REASON_WORDS = 4
_RARE_ROWS = 2000
"""Rows that the raw text is matched in: it is there for what is rare, such as a constant."""


class Asked(NamedTuple):
    """A question as the channels see it.

    Attributes:
        kinds: those wanted; never empty.
        allowed: the nodes that may be found.
        chosen: the same as a mask over `WordScores.nodes`.
    """

    terms: Terms
    kinds: tuple[Kind, ...]
    allowed: AbstractSet[int]
    chosen: NDArray[np.bool_]


def by_identifier(index: Index, asked: Asked) -> Found:
    """Nodes whose names are spelled in the question, alone or as a dotted path, and the blocks that
    drive them. The rarer a name, the more it says.
    """
    scores: dict[int, float] = {}
    reasons: dict[int, str] = {}
    for spelled in asked.terms.names:
        *scopes, name = spelled.split(".")
        nodes = index.named(name, any_case=True)
        if scopes:
            inside = _modules_meant(index, scopes[-1])
            nodes = [node for node in nodes if node.module in inside] or nodes
        found = {node.id: f"named {spelled}" for node in nodes}
        if not set(BLOCKS).isdisjoint(asked.kinds) and len(nodes) <= _MOST_DRIVEN:
            for node in nodes:
                driving = index.edges_to(node.id, (EdgeKind.DRIVES,))
                found |= {edge.source: f"drives {spelled}" for edge in driving}
        says = math.log(1 + _NODES / max(1, len(found)))
        for at in found.keys() & asked.allowed:
            scores[at] = scores.get(at, 0.0) + says
            reasons[at] = found[at]
    return Found(_best(scores), reasons.__getitem__)


def _modules_meant(index: Index, scope: str) -> set[int]:
    """Modules of that name, and those of the instances called so."""
    names = {i.detail.split()[0] for i in index.named(scope, (Kind.INSTANCE,)) if i.detail}
    return {module.id for name in (scope, *names) for module in index.definitions(name)}


def by_words(
    index: Index, asked: Asked, field: Field, label: str, candidates: Iterable[int]
) -> Found:
    """BM25 over what nodes do in plain words, or over the words around them.

    Args:
        candidates: what other channels found; it is scored, too.
    """
    words = index.word_scores
    of_word = {word: words.of(field, word) for word in asked.terms.words}
    sums = np.zeros(len(words.nodes), np.float32)
    for having, scores in of_word.values():
        sums[having] += scores

    def why(node: int) -> str:
        at = words.positions((node,))
        said = {word: scores[having == at] for word, (having, scores) in of_word.items()}
        telling = nlargest(_REASON_WORDS, (w for w in said if len(said[w])), key=said.__getitem__)
        return f"{label}: {', '.join(telling)}"

    chosen = np.union1d(_best_of(sums, asked.chosen), words.positions(candidates))
    chosen = chosen[asked.chosen[chosen] & (sums[chosen] > 0)]
    return Found(_by_node(words.nodes, sums, chosen), why)


def by_name_words(index: Index, asked: Asked, candidates: Iterable[int]) -> Found:
    """Nodes whose names consist of the question's words. A name that is said in part only is weak
    evidence: the part counts by the square of its share.

    Args:
        candidates: what other channels found; their names count, too.
    """
    words = index.word_scores
    sums = np.zeros(len(words.nodes), np.float32)
    rarity: dict[str, Scores] = {}
    for word in asked.terms.words:
        having = words.having("names", word)
        rarity[stem(word)] = words.rarity(having)
        sums[having] += rarity[stem(word)][words.families[having]]
    chosen = np.union1d(_best_of(sums, asked.chosen), words.positions(candidates))
    chosen = chosen[asked.chosen[chosen] & (sums[chosen] > 0)]
    families = dict(zip(words.nodes[chosen].tolist(), words.families[chosen], strict=True))
    best = {
        node: max((_said(name, rarity, families[node]), name) for name in names)
        for node, names in words.names(families).items()
    }
    said = {node: score for node, (score, _) in best.items() if score}
    return Found(said, lambda node: f"named {best[node][1]}")


def _said(name: str, rarity: dict[str, Scores], family: int) -> float:
    words = {stem(word) for word in name.split()}
    said = words & rarity.keys()
    return sum(float(rarity[word][family]) for word in said) * (len(said) / max(1, len(words))) ** 2


def _best_of(sums: Scores, chosen: NDArray[np.bool_]) -> Numbers:
    """Positions of the highest sums; among equal ones those of the lowest ids."""
    at = np.flatnonzero(chosen & (sums > 0))
    if len(at) > DEPTH:
        at = at[sums[at] >= np.partition(sums[at], -DEPTH)[-DEPTH]]
    return at[np.argsort(-sums[at], kind="stable")[:DEPTH]]


def _by_node(nodes: Numbers, sums: Scores, at: Numbers) -> dict[int, float]:
    return dict(zip(nodes[at].tolist(), sums[at].tolist(), strict=True))


def by_code(index: Index, asked: Asked, *, of_values: bool) -> Found:
    """The code of modules and blocks, by the question's rarer words.

    Args:
        of_values: also the code that uses ports, signals and parameters.
    """
    values = tuple(kind for kind in asked.kinds if kind in NAMED_VALUES and of_values)
    others = tuple(kind for kind in asked.kinds if kind not in NAMED_VALUES)
    having = {word: len(index.word_scores.having("around", word)) for word in asked.terms.words}
    words = [word for word, nodes in having.items() if nodes <= 4 * _RARE_ROWS]
    hits = index.match_rare("raw", words, _RARE_ROWS, DEPTH, others) if others else []
    hits += index.match_rare("graph", words, _RARE_ROWS, DEPTH, values) if values else []
    return Found({h.node: h.score for h in hits if h.node in asked.allowed}, lambda _: "code")


def _best(scores: dict[int, float]) -> dict[int, float]:
    return dict(nlargest(DEPTH, scores.items(), key=lambda pair: (pair[1], -pair[0])))
