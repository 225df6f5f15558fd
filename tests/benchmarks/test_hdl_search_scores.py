"""Figures of hdl-search: reciprocal ranks, recall, intervals, and the baselines themselves."""

import numpy as np
import pytest

from hdlsmith.benchmarks.hdl_search.documents import Document, Documents
from hdlsmith.benchmarks.hdl_search.scoring import Ranks, best_of, compare, figures
from hdlsmith.benchmarks.hdl_search.systems import Bm25, Fused


def _ranks(*rank: int, files: int = 0) -> Ranks:
    clusters = np.arange(len(rank)) % (files or len(rank))
    return Ranks(np.array(rank), clusters)


def test_mrr_and_recall() -> None:
    found = figures(_ranks(1, 2, 0, 4, 10))
    assert found["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 10) / 5)
    assert found["recall"] == {"1": 0.2, "5": 0.6, "10": 0.8}
    assert found["low"] < found["mrr"] < found["high"]
    assert found["n"] == 5


def test_no_question_no_figure() -> None:
    assert figures(_ranks())["n"] == 0


def test_intervals_resample_files_not_questions() -> None:
    rank = [1] * 50 + [0] * 50
    by_question = figures(Ranks(np.array(rank), np.arange(100)))
    by_file = figures(Ranks(np.array(rank), np.repeat(np.arange(4), 25)))
    assert by_file["mrr"] == by_question["mrr"] == 0.5
    assert by_file["high"] - by_file["low"] > 2 * (by_question["high"] - by_question["low"])


def test_the_same_seed_gives_the_same_interval() -> None:
    assert figures(_ranks(1, 0, 3, 2)) == figures(_ranks(1, 0, 3, 2))


def test_a_system_does_not_beat_itself() -> None:
    same = compare(_ranks(1, 2, 3, 0), _ranks(1, 2, 3, 0))
    assert set(same.values()) == {0.0}


def test_a_paired_lead() -> None:
    ours, theirs = _ranks(*[1, 2] * 40), _ranks(*[2, 4] * 40)
    found = compare(ours, theirs)
    assert found["difference"] == pytest.approx(0.375)
    assert found["gain"] == pytest.approx(1.0)
    assert found["low"] > 0
    assert found["gain_low"] == pytest.approx(1.0)  # each question gains as much


def test_the_best_of_several() -> None:
    assert best_of(("a", "b"), {"a": _ranks(2, 2), "b": _ranks(1, 0, 1), "c": _ranks(1)}) == "b"


def _documents(*texts: str) -> Documents:
    all_ = [Document("block", f"n{at}", "m", text) for at, text in enumerate(texts)]
    return Documents(
        all_, {"block": list(range(len(all_)))}, {7 * at: at for at in range(len(all_))}
    )


def test_bm25_splits_names_and_stems() -> None:
    bm25 = Bm25(_documents("assign wrPtr_next = 1;", "assign counter_q = 2;", "assign idle = 3;"))
    assert bm25("the write of ptr", "block", 10)[0] == 0
    assert bm25("what counters do", "block", 10) == [1]
    assert bm25('") OR ("', "block", 10) == []
    assert bm25("the of and", "block", 10) == []


def test_fusion_prefers_what_both_find() -> None:
    fused = Fused(lambda _q, _g, _k: [3, 1, 2], lambda _q, _g, _k: [4, 1, 5])
    assert fused("", "block", 2) == [1, 3]


def test_copies_take_one_place() -> None:
    documents = _documents("a", "b")
    copied = Documents(documents.all, documents.of_group, {0: 0, 5: 0, 9: 1})
    assert copied.ranked([0, 5, 9, 77], 2) == [0, 1]
