"""What several channels found -> one ranked list, with the reasons kept.

A weighted sum, not reciprocal ranks: how sure a channel is would be lost in a rank. Most channels
speak the same unit (the information, in nats, that a match carries, as BM25 counts it); for those
that speak in shares or cosines the weights make up.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from heapq import nlargest
from typing import NamedTuple


class Found(NamedTuple):
    """What one channel found.

    Attributes:
        scores: node -> score, higher is better.
        why: the reason that a found node is shown with: `named clk_i`.
    """

    scores: Mapping[int, float]
    why: Callable[[int], str]


class Fused(NamedTuple):
    """A node with its score, and why: the heaviest reason first."""

    node: int
    score: float
    reasons: Callable[[], tuple[str, ...]]


def fuse(
    found: Mapping[str, Found],
    weights: Mapping[str, Sequence[float]],
    families_of: Callable[[AbstractSet[int]], Mapping[int, int]],
    most: int,
) -> list[Fused]:
    """The best nodes, best first; nodes of equal score in the order of their ids.

    Args:
        found: channel -> what it found.
        weights: channel -> what it counts, for each family of kinds.
        families_of: nodes -> each with the position of its family in the weights.
    """
    families = families_of(set[int]().union(*(one.scores for one in found.values())))
    totals = dict.fromkeys(families, 0.0)
    for channel, one in found.items():
        counts = weights[channel]
        for node, score in one.scores.items():
            totals[node] += counts[families[node]] * score
    best = nlargest(most, totals.items(), key=lambda pair: (pair[1], -pair[0]))
    return [
        Fused(node, total, partial(_reasons, node, found, weights, families[node]))
        for node, total in best
    ]


def _reasons(
    node: int, found: Mapping[str, Found], weights: Mapping[str, Sequence[float]], family: int
) -> tuple[str, ...]:
    shares = [
        (weights[channel][family] * one.scores[node], one)
        for channel, one in found.items()
        if node in one.scores
    ]
    heaviest = sorted(shares, key=lambda share: -share[0])
    return tuple(dict.fromkeys(one.why(node) for share, one in heaviest if share > 0))
