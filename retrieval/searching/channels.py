"""Channels: each finds nodes for a question in its own way, and says why."""

import math
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import partial
from heapq import nlargest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hdlsmith.retrieval.nodes import NAMED_VALUES, Kind
from hdlsmith.retrieval.searching.fusion import Found
from hdlsmith.retrieval.searching.terms import Terms, stem
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.word_scores import FAMILIES, Field, Numbers, Scores, WordScores

DEPTH = 200
"""Nodes that a channel hands on."""

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


def by_words(
    index: Index, asked: Asked, field: Field, label: str, candidates: Iterable[int]
) -> Found:
    """BM25 over what nodes do in plain words, or over the words around them.

    Args:
        candidates: what other channels found; it is scored, too.
    """
    words = index.word_scores
    sums = _sums(words, field, asked.terms.words)
    chosen = _chosen(words, sums, asked, candidates)
    telling = partial(_telling, words, field, asked.terms.words)
    return Found(_by_node(words.nodes, sums, chosen), lambda node: f"{label}: {telling(node)}")


def by_coverage(index: Index, asked: Asked, candidates: Iterable[int]) -> Found:
    """How much of the question's information the words around a node hold, from 0 to 1, however
    many other words stand there.

    Args:
        candidates: what other channels found; it is scored, too.
    """
    words = index.word_scores
    sums = np.zeros(len(words.nodes), np.float32)
    whole = np.zeros(len(FAMILIES) + 1, np.float32)
    for word in asked.terms.words:
        having, _ = words.of("around", word)
        rarity = words.rarity(having)
        sums[having] += rarity[words.families[having]]
        whole += rarity
    chosen = _chosen(words, sums, asked, candidates)
    sums[chosen] /= whole[words.families[chosen]]
    telling = partial(_telling, words, "around", asked.terms.words)
    return Found(_by_node(words.nodes, sums, chosen), lambda node: f"around it: {telling(node)}")


def by_module(index: Index, asked: Asked, candidates: Iterable[int]) -> Found:
    """Nodes inside modules that the question is about: BM25 over the words in the module.

    Args:
        candidates: what other channels found; nothing else is looked at.
    """
    words = index.word_scores
    sums = _sums(words, "around", asked.terms.words)
    module_of = _modules_around(words, candidates)
    modules = words.positions(set(module_of.values()))
    scores = _by_node(words.nodes, sums, modules[sums[modules] > 0])
    telling = partial(_telling, words, "around", asked.terms.words)
    return Found(
        {node: scores[module] for node, module in module_of.items() if module in scores},
        lambda node: f"in its module: {telling(module_of[node])}",
    )


def _sums(words: WordScores, field: Field, asked: Iterable[str]) -> Scores:
    """BM25 of every node."""
    sums = np.zeros(len(words.nodes), np.float32)
    for word in asked:
        having, scores = words.of(field, word)
        sums[having] += scores
    return sums


def _telling(words: WordScores, field: Field, asked: Iterable[str], node: int) -> str:
    """The words that say most for a node."""
    at = words.positions((node,))
    said = {}
    for word in asked:
        having, scores = words.of(field, word)
        if len(score := scores[having == at]):
            said[word] = float(score[0])
    return ", ".join(nlargest(_REASON_WORDS, said, key=said.__getitem__))


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
    chosen = _chosen(words, sums, asked, candidates)
    families = dict(zip(words.nodes[chosen].tolist(), words.families[chosen], strict=True))
    best = {
        node: max((_said(name, rarity, families[node]), name) for name in names)
        for node, names in words.names(families).items()
    }
    said = {node: score for node, (score, _) in best.items() if score}
    return Found(said, lambda node: f"named {best[node][1]}")


def by_module_name(index: Index, asked: Asked, candidates: Iterable[int]) -> Found:
    """Nodes inside modules whose names consist of the question's words, as far as they do.

    Args:
        candidates: what other channels found; nothing else is looked at.
    """
    words = index.word_scores
    rarity = {stem(w): words.rarity(words.having("names", w)) for w in asked.terms.words}
    module_of = _modules_around(words, candidates)
    best = {
        module: max((_said(name, rarity, 0, 1), name) for name in names)
        for module, names in words.names(set(module_of.values())).items()
    }
    said = {node: best[module][0] for node, module in module_of.items() if module in best}
    return Found(
        {node: score for node, score in said.items() if score},
        lambda node: f"in {best[module_of[node]][1]}",
    )


def by_kind(index: Index, asked: Asked, candidates: Iterable[int]) -> Found:
    """Nodes of the kinds that the question speaks of: an always block, an input.

    Args:
        candidates: what other channels found; nothing else is looked at.
    """
    words = index.word_scores
    at = words.positions(candidates)
    sums = np.zeros(len(at), np.float32)
    total = max(1, int(asked.chosen.sum()))
    for kinds in asked.terms.kinds:
        of_kinds = words.are_of(kinds) & asked.chosen
        if of_kinds.any():
            sums += of_kinds[at] * np.float32(math.log(total / of_kinds.sum()))
    return Found(_by_node(words.nodes[at], sums, np.flatnonzero(sums)), lambda _: "such a kind")


def _said(name: str, rarity: dict[str, Scores], family: int, sharpness: int = 2) -> float:
    words = {stem(word) for word in name.split()}
    said = words & rarity.keys()
    share = len(said) / max(1, len(words))
    return sum(float(rarity[word][family]) for word in said) * share**sharpness


def _modules_around(words: WordScores, nodes: Iterable[int]) -> dict[int, int]:
    """Nodes with words, each with the module, package or class around it; -1 for none."""
    at = words.positions(nodes)
    return dict(zip(words.nodes[at].tolist(), words.modules[at].tolist(), strict=True))


def _chosen(words: WordScores, sums: Scores, asked: Asked, candidates: Iterable[int]) -> Numbers:
    """Positions of what is asked for and has a sum: the highest, and those of the candidates."""
    at = np.union1d(_best_of(sums, asked.chosen), words.positions(candidates))
    return np.asarray(at[asked.chosen[at] & (sums[at] > 0)], np.int64)


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
