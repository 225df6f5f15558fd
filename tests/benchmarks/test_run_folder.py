"""A run's folder: what a kill may lose, and what it may not."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from hdlsmith.agent.models import Usage
from hdlsmith.benchmarks.grade import Golden, Grade
from hdlsmith.benchmarks.problems import Answer
from hdlsmith.benchmarks.report import render, summarise
from hdlsmith.benchmarks.store import RunStore, read_goldens, read_manifest, read_results
from hdlsmith.errors import InputError
from hdlsmith.sandbox.results import Outcome

_TEXTS = ("suite", "task", "style", "model", "sampling", "simulator", "cage", "dataset_sha256")
MANIFEST = {**dict.fromkeys(_TEXTS, "x"), "problems": ["p", "q"], "planned": 3}
USAGE = asdict(Usage(11, 7, 0.5, 2.0, 1))
RIGHT = Grade(".", Outcome.PASS, "9 samples equal", 0, 9, 0.1)
WRONG = Grade("R", Outcome.MISMATCH, "2 of 9 samples differ", 2, 9, 0.1)


def opened(folder: Path) -> RunStore:
    return RunStore(folder, MANIFEST)


def test_a_second_call_knows_what_the_first_did(tmp_path: Path) -> None:
    first = opened(tmp_path / "run")
    first.add_answer(Answer("p", 1, "module m;"), {"usage": USAGE})
    first.add_grade("p", 1, RIGHT)
    first.add_answer(Answer("p", 2, "module n;"), {"usage": USAGE})
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


def test_one_process_at_a_time_works_on_a_run(tmp_path: Path) -> None:
    with (
        opened(tmp_path),
        pytest.raises(InputError, match="another process is already working on this run"),
    ):
        opened(tmp_path)
    opened(tmp_path).close()


def test_a_store_that_could_not_be_opened_leaves_the_run_free(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(InputError, match="holds another run"):
        RunStore(tmp_path, {**MANIFEST, "planned": 4})
    opened(tmp_path).close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "not a JSON object"),
        ("{}", "'suite' is missing"),
        (json.dumps({**MANIFEST, "planned": "3"}), "'planned' is missing or wrong"),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str, message: str) -> None:
    opened(tmp_path).close()
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(InputError, match=rf"run\.json is damaged: {message}"):
        summarise(tmp_path)
    with pytest.raises(InputError, match=rf"run\.json is damaged: {message}"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sample": None}, "'sample' is missing or wrong"),
        ({"session": 1}, "'session' is missing or wrong"),
        ({"outcome": None}, "'outcome' is missing or wrong"),
        ({"code": "?"}, "no code '\\?'"),
    ],
)
def test_a_damaged_result_is_named_by_file_and_line(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    with opened(tmp_path) as store:
        store.write_goldens([])
        store.add_grade("p", 1, RIGHT)
    results = tmp_path / "results.jsonl"
    record = json.loads(results.read_text())
    results.write_text(results.read_text() + json.dumps(record | change) + "\n")
    with pytest.raises(InputError, match=rf"results\.jsonl:2 is damaged: {message}"):
        summarise(tmp_path)


def test_a_damaged_answer_is_named_by_file_and_line(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write_goldens([])
        store.add_answer(Answer("p", 1, "module m;"), {"usage": {"usd": 1}})
    with pytest.raises(InputError, match=r"answers\.jsonl:1: usage is damaged: 'input_tokens'"):
        summarise(tmp_path)


def test_goldens_are_replaced_whole(tmp_path: Path) -> None:
    """A reader that has the old file open keeps all of it: nothing is written in place."""
    golden = Golden("p", ".", 9, "digest")
    with opened(tmp_path) as store:
        store.write_goldens([golden])
        with (tmp_path / "goldens.json").open() as old:
            store.write_goldens([])
            assert json.load(old) == [asdict(golden)]
    assert read_goldens(tmp_path) == []
    assert list(tmp_path.glob("*.new")) == []


def test_a_name_that_is_no_unicode_is_kept(tmp_path: Path) -> None:
    manifest = {**MANIFEST, "model": "stored answers \udce9.jsonl"}
    RunStore(tmp_path, manifest).close()
    assert read_manifest(tmp_path) == manifest


def test_one_is_no_plural_and_the_ceiling_says_what_it_covers(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.write_goldens([Golden("p", ".", 9, "digest")])
        store.add_grade("p", 1, RIGHT)
    text = render(summarise(tmp_path))
    assert "1 sample of 1 problem, by" in text
    assert "answers cover 1 of 2 chosen problems" in text
    assert "2 of 3 samples unscored" in text
