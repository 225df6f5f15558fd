"""`hdlsmith bench` at the terminal: reports, exit codes, and a user's mistakes."""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Ended
from tests.benchmarks.made_up import GATES, design

Command = Callable[..., Ended]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Two answers a gate, the second always wrong."""
    path = tmp_path / "answers.jsonl"
    records = [
        {"problem": name, "sample": sample, "design": design(function)}
        for name, right in GATES.items()
        for sample, function in ((1, right), (2, f"~({right})"))
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.mark.tool("iverilog")
def test_replay_then_report(
    hdlsmith: Command, checkout: Path, answers: Path, tmp_path: Path
) -> None:
    arguments = ["verilog-eval", "--data", checkout, "--answers", answers]
    first = hdlsmith("bench", "replay", *arguments)
    assert first.code == 0, first.err
    assert "strict      3/6  pass@1 50.00%" in first.out
    assert "ceiling  100.00%: every golden passes its own testbench" in first.out
    (folder,) = (tmp_path / "home" / "runs").iterdir()
    report = hdlsmith("bench", "report", folder, "--json")
    assert report.code == 0
    keys = {"n", "pass_rate", "pass_at_k", "codes", "ceiling", "wall_s", "outcomes", "run"}
    assert keys <= set(report.json)
    assert (report.json["n"], report.json["pass_rate"], report.json["ceiling"]) == (6, 50, 100)
    assert report.json["codes"] == {".": 3, "R": 3}
    about = report.json["run"]
    assert about["simulator"].startswith("Icarus Verilog")
    for digest in ("dataset_sha256", "answers_sha256"):
        assert len(about[digest]) == 64
    assert {"cage", "limits", "seed", "model", "sampling", "grader"} <= set(about)
    graded = (folder / "results.jsonl").read_bytes()
    assert hdlsmith("bench", "replay", *arguments).out == first.out
    assert (folder / "results.jsonl").read_bytes() == graded


@pytest.mark.tool("iverilog")
def test_a_selection_is_another_run(hdlsmith: Command, checkout: Path, answers: Path) -> None:
    arguments = ["bench", "replay", "verilog-eval", "--data", checkout, "--answers", answers]
    ended = hdlsmith(*arguments, "--problems", "Prob002,Prob003_xor", "--json", "--out", "here")
    assert (ended.json["n"], ended.json["problems"]) == (4, 2)
    clash = hdlsmith(*arguments, "--stride", "2", "--out", "here")
    assert clash.code == 2
    assert "here holds another run (it differs in:" in clash.err
    assert "problems" in clash.err


@pytest.mark.tool("iverilog")
def test_the_ceiling_covers_what_the_answers_cover(
    hdlsmith: Command, checkout: Path, answers: Path
) -> None:
    broken = checkout / "dataset_spec-to-rtl" / "Prob003_xor_test.sv"
    broken.write_text(broken.read_text().replace("tb_match = (", "tb_match = 0 & ("))
    lines = answers.read_text().splitlines(keepends=True)
    answers.write_text("".join(line for line in lines if "Prob003" not in line))
    arguments = ["bench", "replay", "verilog-eval", "--data", checkout, "--answers", answers]
    ended = hdlsmith(*arguments, "--out", "here")
    assert ended.code == 0, ended.err
    assert "4 samples of 2 problems" in ended.out
    assert "answers cover 2 of 3 chosen problems" in ended.out
    assert "ceiling  100.00%" in ended.out
    answers.write_text("".join(lines))
    whole = hdlsmith(*arguments, "--out", "there")
    assert "answers cover" not in whole.out
    assert "ceiling  66.67%" in whole.out


@pytest.mark.tool("iverilog")
def test_the_profile_is_a_choice_of_display(
    hdlsmith: Command, checkout: Path, answers: Path, tmp_path: Path
) -> None:
    arguments = ["bench", "replay", "verilog-eval", "--data", checkout, "--answers", answers]
    profiles = [hdlsmith(*arguments, "--json", "--profile", p).json for p in ("compat", "strict")]
    assert [summary["profile"] for summary in profiles] == ["compat", "strict"]
    assert profiles[0]["run"] == profiles[1]["run"]
    assert "profile" not in profiles[0]["run"]
    (folder,) = (tmp_path / "home" / "runs").iterdir()
    assert hdlsmith("bench", "report", folder, "--json").json["profile"] == "strict"


@pytest.mark.tool("iverilog")
def test_the_manifest_names_every_tool(hdlsmith: Command, checkout: Path, answers: Path) -> None:
    own = checkout / "verilator"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    arguments = ["bench", "replay", "verilog-eval", "--data", checkout, "--answers", answers]
    ended = hdlsmith(*arguments, "--json", HDLSMITH_TOOLS__VERILATOR=str(own))
    assert ended.code == 0, ended.err
    about = ended.json["run"]
    assert about["tools"] == {
        "icarus": about["simulator"],
        "pyslang": version("pyslang"),
        "verilator": "PATH",
    }


@pytest.mark.tool("iverilog")
def test_throughput_prints_the_ratio(hdlsmith: Command, checkout: Path, answers: Path) -> None:
    ended = hdlsmith(
        *("bench", "throughput", "verilog-eval", "--data", checkout),
        *("--answers", answers, "--rounds", "1", "--json"),
    )
    assert ended.code == 0, ended.err
    assert ended.json["answers"] == 6
    assert ended.json["ratio"] == [pytest.approx(ended.json["median_ratio"])]


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["replay", "nonesuch"], "no benchmark called 'nonesuch'", "verilog-eval"),
        (["replay", "verilog-eval", "--data", "nowhere"], "nowhere", "git clone"),
        (["replay", "verilog-eval", "--task", "x"], "no task 'x'", "spec-to-rtl"),
        (["replay", "verilog-eval", "--problems", "Prob999"], "no problem 'Prob999'", "such as"),
        (["replay", "verilog-eval", "--offset", "9"], "no problem is left", ""),
        (["replay", "verilog-eval", "--answers", "none"], "cannot read none", ""),
        (["replay", "verilog-eval", "--profile", "x"], "--profile x", "strict, compat"),
        (["replay", "verilog-eval", "--problems", ","], "--problems ',' names no problem", ""),
        (["replay", "verilog-eval", "--problems", ""], "--problems '' names no problem", ""),
        (["replay", "os:getcwd"], "getcwd makes no benchmark", "verilog-eval"),
        (["replay", "os:path"], "can't be called", "verilog-eval"),
        (["replay", "pathlib:PurePath"], "it gives no problems", "verilog-eval"),
        (["replay", ":x"], "cannot load benchmark ':x'", ""),
        (["replay", ".a:b"], "cannot load benchmark '.a:b'", ""),
        (["run", "verilog-eval", "--style", "x"], "--style x", "agent, official"),
        (["run", "verilog-eval", "--profile", "x"], "--profile x", "strict, compat"),
    ],
)
@pytest.mark.tool("iverilog")
def test_a_mistake_ends_in_one_line(
    hdlsmith: Command,
    checkout: Path,
    answers: Path,
    arguments: list[str],
    message: str,
    remedy: str,
) -> None:
    if "--data" not in arguments:
        arguments = [*arguments, "--data", str(checkout)]
    if arguments[0] == "replay" and "--answers" not in arguments:
        arguments = [*arguments, "--answers", str(answers)]
    ended = hdlsmith("bench", *arguments)
    assert ended.code == 2, ended.err
    assert message in ended.err
    assert remedy in ended.err
    assert len(ended.err.strip().splitlines()) <= 2
    assert ended.out == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"problem": "Prob001_and", "sample": 3}', "not an answer"),
        ('{"problem": "Prob001_and", "sample": "x", "design": ""}', "not an answer"),
        ("not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"problem": "Prob001_and", "sample": 1, "design": ""}', "repeats Prob001_and sample 1"),
        ('{"problem": "Prob1", "sample": 1, "design": ""}', "the suite has no problem 'Prob1'"),
    ],
)
@pytest.mark.tool("iverilog")
def test_broken_answers_are_named_by_file_and_line(
    hdlsmith: Command, checkout: Path, answers: Path, line: str, message: str
) -> None:
    good = answers.read_text().splitlines(keepends=True)
    answers.write_text(good[0] + line + "\n" + "".join(good[1:]))
    ended = hdlsmith("bench", "replay", "verilog-eval", "--data", checkout, "--answers", answers)
    assert ended.code == 2
    assert f"{answers}:2: {message}" in ended.err


def test_no_answer_for_the_chosen_problems(
    hdlsmith: Command, checkout: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text('{"problem": "Prob001_and", "sample": 1, "design": ""}\n')
    ended = hdlsmith(
        *("bench", "replay", "verilog-eval", "--data", checkout),
        *("--answers", other, "--problems", "Prob002"),
    )
    assert ended.code == 2
    assert "answers none of the chosen problems" in ended.err


@pytest.mark.tool("iverilog")
def test_no_model_names_both_ways_to_get_one(hdlsmith: Command, checkout: Path) -> None:
    ended = hdlsmith("bench", "run", "verilog-eval", "--data", checkout)
    assert ended.code == 3
    assert "no language model is configured" in ended.err
    assert "HDLSMITH_MODEL__BASE_URL" in ended.err
    assert "hdlsmith model pull" in ended.err


def test_report_of_no_run(hdlsmith: Command, tmp_path: Path) -> None:
    ended = hdlsmith("bench", "report", tmp_path)
    assert ended.code == 2
    assert "holds no benchmark run" in ended.err


@pytest.mark.parametrize(
    ("name", "message"),
    [("results.jsonl", "results.jsonl:1 is damaged"), ("run.json", "run.json is damaged")],
)
@pytest.mark.tool("iverilog")
def test_report_of_a_damaged_run(
    hdlsmith: Command, checkout: Path, answers: Path, name: str, message: str
) -> None:
    replay = ["bench", "replay", "verilog-eval", "--data", checkout, "--answers", answers]
    assert hdlsmith(*replay, "--out", "here").code == 0
    Path("here", name).write_text('{"problem": 1}\n')
    for command in (["bench", "report", "here"], [*replay, "--out", "here"]):
        ended = hdlsmith(*command)
        assert ended.code == 2
        assert message in ended.err


def test_grading_of_a_run_has_no_workers_of_its_own(hdlsmith: Command) -> None:
    assert "--workers" not in hdlsmith("bench", "run", "--help").out
    assert "--workers" in hdlsmith("bench", "replay", "--help").out
