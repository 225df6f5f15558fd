"""Figures out of ranks: MRR@10 and recall, with intervals over files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DEPTH = 10
RECALL_AT = (1, 5, 10)
RESAMPLES = 2000
SEED = 20260101
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ranks:
    """How one system did in one view (named or masked).

    Attributes:
        rank: of each question, the place of its answer from 1; 0 if not among the first ten.
        cluster: of each question, the number of the file that it is about.
    """

    rank: NDArray[np.int64]
    cluster: NDArray[np.int64]

    def of(self, chosen: NDArray[np.bool_]) -> "Ranks":
        return Ranks(self.rank[chosen], self.cluster[chosen])


def figures(ranks: Ranks) -> dict[str, Any]:
    """`n`, `mrr` with `low` and `high`, and `recall` at 1, 5, 10."""
    values = reciprocal(ranks.rank)
    means = _resampled(values, ranks.cluster)
    low, high = np.percentile(means, (2.5, 97.5)) if len(values) else (0.0, 0.0)
    found = ranks.rank > 0
    return {
        "n": len(values),
        "mrr": round(float(values.mean()), 4) if len(values) else 0.0,
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "recall": {
            str(k): round(float((found & (ranks.rank <= k)).mean()), 4) if len(values) else 0.0
            for k in RECALL_AT
        },
    }


def compare(ours: Ranks, theirs: Ranks) -> dict[str, float]:
    """Ours minus theirs on the same questions, paired: `difference` and `gain` (relative to
    theirs), both with 95% intervals.
    """
    mine, other = reciprocal(ours.rank), reciprocal(theirs.rank)
    differences = _resampled(mine - other, ours.cluster)
    # The same seed draws the same files, so both means of a resample are of the same questions.
    base = _resampled(other, ours.cluster)
    gains = differences / np.maximum(base, 1e-9)
    low, high = np.percentile(differences, (2.5, 97.5))
    gain_low, gain_high = np.percentile(gains, (2.5, 97.5))
    values = {
        "difference": (mine - other).mean(),
        "low": low,
        "high": high,
        "gain": (mine.mean() - other.mean()) / max(other.mean(), 1e-9),
        "gain_low": gain_low,
        "gain_high": gain_high,
    }
    return {name: round(float(value), 4) for name, value in values.items()}


def best_of(names: Sequence[str], ranks: Mapping[str, Ranks]) -> str:
    """The system of the highest MRR."""
    return max(names, key=lambda name: float(reciprocal(ranks[name].rank).mean()))


def reciprocal(rank: NDArray[np.int64]) -> _Floats:
    """1/rank, 0 where the answer is not among the first ten."""
    return np.where(rank > 0, 1.0 / np.maximum(rank, 1), 0.0)


def _resampled(values: _Floats, cluster: NDArray[np.int64]) -> _Floats:
    """Means of resamples of whole files (cluster bootstrap): comments of one file are by one hand
    and about one thing, so single questions would make the interval too narrow.
    """
    if not len(values):
        return np.zeros(1)
    _, where = np.unique(cluster, return_inverse=True)
    sums = np.bincount(where, values)
    counts = np.bincount(where).astype(float)
    files = len(counts)
    draw = np.random.default_rng(SEED).multinomial(files, np.full(files, 1 / files), RESAMPLES)
    return np.asarray((draw @ sums) / (draw @ counts))
