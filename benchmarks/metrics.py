"""Pass rates: unbiased pass@k with confidence intervals, and the official rate."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_RESAMPLES = 2000
_LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over problems in percent, with a 95% interval."""

    value: float
    low: float
    high: float


Counts = Mapping[str, tuple[int, int]]
"""problem -> (samples n, correct c)."""


def pass_at_k(n: int, c: int, k: int) -> float:
    """Probability that at least one of k samples, drawn from n of which c are correct, is correct.

    1 - C(n-c, k) / C(n, k), the unbiased estimator of Chen et al., "Evaluating Large Language
    Models Trained on Code", 2021, equation 1.

    Raises:
        ValueError: k is not within 1..n, or c not within 0..n.
    """
    if not 1 <= k <= n or not 0 <= c <= n:
        raise ValueError(f"no pass@{k} from {c} correct of {n} samples")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def estimate_pass_at_k(counts: Counts, k: int, seed: int = 0) -> Estimate:
    """Mean pass@k in percent over problems, with a bootstrap interval over problems.

    Problems with fewer than k samples are left out.

    Raises:
        ValueError: no problem has k samples.
    """
    values = [100 * pass_at_k(n, c, k) for n, c in counts.values() if n >= k]
    if not values:
        raise ValueError(f"no problem has {k} samples")
    return _bootstrap(values, seed)


def official_pass_rate(counts: Counts) -> float:
    """VerilogEval's own figure: the mean over problems of the percentage, each one floored."""
    rates = [int((c / n) * 100) for n, c in counts.values() if n]
    return sum(rates) / len(rates) if rates else 0.0


def _bootstrap(values: Sequence[float], seed: int) -> Estimate:
    """Percentile bootstrap (Efron 1979): problems are resampled, as they are the sampled unit."""
    source = random.Random(seed)  # noqa: S311 - statistics, not secrets
    means = sorted(_mean(source.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    tail = round(_RESAMPLES * (1 - _LEVEL) / 2)
    return Estimate(_mean(values), means[tail], means[-tail - 1])


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
