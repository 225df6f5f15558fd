"""pass@k and the official rate, against enumeration and arithmetic done by hand."""

from itertools import combinations

import pytest

from hdlsmith.benchmarks.metrics import estimate_pass_at_k, official_pass_rate, pass_at_k


@pytest.mark.parametrize("n", range(1, 8))
def test_pass_at_k_is_what_drawing_every_subset_gives(n: int) -> None:
    for c in range(n + 1):
        samples = [True] * c + [False] * (n - c)
        for k in range(1, n + 1):
            draws = list(combinations(samples, k))
            expected = sum(map(any, draws)) / len(draws)
            assert pass_at_k(n, c, k) == pytest.approx(expected)


@pytest.mark.parametrize(("n", "c", "k"), [(5, 2, 0), (5, 2, 6), (5, 6, 1), (5, -1, 1)])
def test_pass_at_k_refuses_what_cannot_be(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match="no pass@"):
        pass_at_k(n, c, k)


def test_official_rate_floors_each_problem() -> None:
    assert official_pass_rate({"a": (3, 1), "b": (3, 2)}) == (33 + 66) / 2
    assert official_pass_rate({"a": (5, 5), "b": (5, 0)}) == 50


def test_official_rate_keeps_the_float_error_of_the_official_script() -> None:
    # (29 / 100) * 100 is 28.999999999999996 in floating point, and is floored to 28.
    assert official_pass_rate({"a": (100, 29)}) == 28


def test_unasked_problems_count_nowhere() -> None:
    assert official_pass_rate({"a": (2, 1), "b": (0, 0)}) == 50
    assert official_pass_rate({}) == 0
    assert estimate_pass_at_k({"a": (5, 5), "b": (1, 0)}, k=3).value == 100
    with pytest.raises(ValueError, match="no problem has 3 samples"):
        estimate_pass_at_k({"a": (1, 1)}, k=3)


def test_interval_is_reproducible_and_holds_the_value() -> None:
    counts = {f"p{i}": (4, i % 5) for i in range(60)}
    first, again = estimate_pass_at_k(counts, 1), estimate_pass_at_k(counts, 1)
    assert first == again
    assert first != estimate_pass_at_k(counts, 1, seed=1)
    assert 0 <= first.low < first.value < first.high <= 100
    assert first.value == pytest.approx(50)


def test_interval_of_certainty_has_no_width() -> None:
    sure = estimate_pass_at_k({"a": (2, 2), "b": (3, 3)}, 1)
    assert (sure.low, sure.value, sure.high) == (100, 100, 100)


def test_interval_narrows_with_more_problems() -> None:
    few = estimate_pass_at_k({f"p{i}": (1, i % 2) for i in range(10)}, 1)
    many = estimate_pass_at_k({f"p{i}": (1, i % 2) for i in range(1000)}, 1)
    assert many.high - many.low < (few.high - few.low) / 4
