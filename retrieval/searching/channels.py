"""Channels: each finds nodes for a question in its own way, and says why."""

import math
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from heapq import nlargest
from typing import NamedTuple

from hdlsmith.retrieval.nodes import BLOCKS, NAMED_VALUES, EdgeKind, Kind
from hdlsmith.retrieval.searching.fusion import Found
from hdlsmith.retrieval.searching.terms import Terms, stem
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.word_scores import Field

DEPTH = 200
"""Nodes that a channel hands on."""

_NODES = 100_000
"""Of a large index: a name that one node has says the logarithm of that."""
_MOST_DRIVEN = 20
_REASON_WORDS = 4
_ENOUGH = 3000
"""Nodes that have a question's rarer words; its commoner words then only decide among these.
(`Continue` of Moffat and Zobel, Self-indexing inverted files, 1996.)"""
_RARE_ROWS = 2000
"""Rows that the raw text is matched in: it is there for what is rare, such as a constant."""


class Asked(NamedTuple):
    """A question as the channels see it.

    Attributes:
        kinds: those wanted; never empty.
        allowed: the nodes that may be found.
    """

    terms: Terms
    kinds: tuple[Kind, ...]
    allowed: AbstractSet[int]


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


def by_words(index: Index, asked: Asked, field: Field, label: str) -> Found:
    """BM25 over what nodes do in plain words, or over the words around them."""
    scores = {word: index.word_scores.of(field, word) for word in asked.terms.words}

    def why(node: int) -> str:
        having = [word for word, of_word in scores.items() if node in of_word]
        telling = nlargest(_REASON_WORDS, having, key=lambda word: scores[word][node])
        return f"{label}: {', '.join(telling)}"

    return Found(_best(_summed(scores.values(), asked.allowed)), why)


def _summed(of_words: Iterable[dict[int, float]], allowed: AbstractSet[int]) -> dict[int, float]:
    sums: dict[int, float] = {}
    for of_word in sorted(of_words, key=len):
        if len(sums) < _ENOUGH:
            for node, score in of_word.items():
                if node in allowed:
                    sums[node] = sums.get(node, 0.0) + score
        else:
            for node in sums:
                if node in of_word:
                    sums[node] += of_word[node]
    return sums


def by_name_words(index: Index, asked: Asked, candidates: Iterable[int]) -> Found:
    """Nodes whose names consist of the question's words. A name that is said in part only is weak
    evidence: the part counts by the square of its share.

    Args:
        candidates: what other channels found; their names count, too.
    """
    having = {word: index.word_scores.in_names(word) for word in asked.terms.words}
    rarity = {stem(w): math.log(1 + _NODES / max(1, len(nodes))) for w, nodes in having.items()}
    weighed = (dict.fromkeys(nodes, rarity[stem(word)]) for word, nodes in having.items())
    sums = _summed(weighed, asked.allowed)
    chosen = dict.fromkeys((*_best(sums), *(node for node in candidates if node in sums)))
    best = {
        node: max((_said(name, rarity), name) for name in names)
        for node, names in index.word_scores.names(chosen).items()
    }
    said = {node: score for node, (score, _) in best.items() if score}
    return Found(said, lambda node: f"named {best[node][1]}")


def _said(name: str, rarity: dict[str, float]) -> float:
    words = {stem(word) for word in name.split()}
    said = words & rarity.keys()
    return sum(rarity[word] for word in said) * (len(said) / max(1, len(words))) ** 2


def by_code(index: Index, asked: Asked, *, of_values: bool) -> Found:
    """The code of modules and blocks, by the question's rarer words.

    Args:
        of_values: also the code that uses ports, signals and parameters.
    """
    values = tuple(kind for kind in asked.kinds if kind in NAMED_VALUES and of_values)
    others = tuple(kind for kind in asked.kinds if kind not in NAMED_VALUES)
    around = {word: len(index.word_scores.of("around", word)) for word in asked.terms.words}
    words = [word for word, nodes in around.items() if nodes <= 4 * _RARE_ROWS]
    hits = index.match_rare("raw", words, _RARE_ROWS, DEPTH, others) if others else []
    hits += index.match_rare("graph", words, _RARE_ROWS, DEPTH, values) if values else []
    return Found({h.node: h.score for h in hits if h.node in asked.allowed}, lambda _: "code")


def _best(scores: dict[int, float]) -> dict[int, float]:
    return dict(nlargest(DEPTH, scores.items(), key=lambda pair: (pair[1], -pair[0])))
