"""A run's folder: what a kill may lose, and what it may not."""

from pathlib import Path

import pytest

from hdlsmith.benchmarks.grade import Grade
from hdlsmith.benchmarks.problems import Answer
from hdlsmith.benchmarks.report import summarise
from hdlsmith.benchmarks.store import RunStore, read_goldens, read_manifest, read_results
from hdlsmith.errors import InputError
from hdlsmith.sandbox.results import Outcome

MANIFEST = {"suite": "s", "task": "t", "profile": "strict", "planned": 3}
RIGHT = Grade(".", Outcome.PASS, "9 samples equal", 0, 9, 0.1)
WRONG = Grade("R", Outcome.MISMATCH, "2 of 9 samples differ", 2, 9, 0.1)


def opened(folder: Path) -> RunStore:
    return RunStore(folder, MANIFEST)


def test_a_second_call_knows_what_the_first_did(tmp_path: Path) -> None:
    first = opened(tmp_path / "run")
    first.add_answer(Answer("p", 1, "module m;"), {"usage": {}})
    first.add_grade("p", 1, RIGHT)
    first.add_answer(Answer("p", 2, "module n;"), {"usage": {}})
    first.close()
    second = opened(tmp_path / "run")
    assert second.graded == {("p", 1)}
    assert second.answers["p", 2]["design"] == "module n;"
    second.close()


def test_a_torn_line_costs_that_line_alone(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.add_grade("p", 1, RIGHT)
    first.add_grade("p", 2, RIGHT)
    first.close()
    results = tmp_path / "results.jsonl"
    results.write_bytes(results.read_bytes()[:-20])
    second = opened(tmp_path)
    assert second.graded == {("p", 1)}
    second.add_grade("p", 2, WRONG)
    second.close()
    assert read_results(tmp_path)["p", 2]["outcome"] == "mismatch"
    assert results.read_text().count("\n") == 2


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "results.jsonl").write_text('{"problem"\n{}\n')
    with pytest.raises(InputError, match=r"results\.jsonl:1: not JSON"):
        opened(tmp_path)


def test_a_folder_holds_one_run(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(
        InputError, match=r"holds another run .*differs in: planned, seed"
    ) as caught:
        RunStore(tmp_path, {**MANIFEST, "planned": 4, "seed": 1})
    assert "--out" in caught.value.remedy
    assert read_manifest(tmp_path) == MANIFEST


def test_unscored_is_overruled_by_a_verdict_and_never_the_other_way(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.add_unscored("p", 1, "endpoint died")
    assert store.graded == set()
    store.add_grade("p", 1, RIGHT)
    store.add_unscored("p", 1, "late news")
    store.close()
    assert read_results(tmp_path)["p", 1]["outcome"] == "pass"


def test_unscored_samples_stay_out_of_every_figure(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write_goldens([])
    store.add_grade("p", 1, RIGHT)
    store.add_grade("q", 1, WRONG)
    store.add_unscored("r", 1, "endpoint died")
    store.close()
    summary = summarise(tmp_path)
    assert (summary["n"], summary["planned"], summary["pass_rate"]) == (2, 3, 50)
    assert summary["pass_at_k"]["1"]["value"] == 50
    assert summary["unscored"] == {"r/1": "endpoint died"}


def test_pass_at_k_goes_as_far_as_every_problem_has_samples(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.write_goldens([])
    for sample in range(1, 6):
        store.add_grade("p", sample, RIGHT if sample == 1 else WRONG)
        if sample <= 3:
            store.add_grade("q", sample, WRONG)
    store.close()
    assert list(summarise(tmp_path)["pass_at_k"]) == ["1", "3"]


def test_no_run_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no benchmark run"):
        read_manifest(tmp_path)
    with pytest.raises(InputError, match="no golden check yet"):
        read_goldens(tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(InputError, match="is broken"):
        read_manifest(tmp_path)
