"""`bench run` against a real endpoint on loopback, healthy and dying."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.benchmarks.suites.verilog_eval import VerilogEval
from tests.benchmarks.conftest import Ended
from tests.benchmarks.made_up import GATES, design
from tests.fakes.openai_server import Behaviour, FakeOpenAI, Refusal

pytestmark = pytest.mark.tool("iverilog")

Command = Callable[..., Ended]


def asked_gate(body: dict[str, Any]) -> str:
    """Which of the three gates a request is about."""
    text = body["messages"][-1]["content"]
    return next(name for name in GATES if f"2-input {name[8:].upper()}" in text)


def answer(body: dict[str, Any]) -> str:
    """A right official answer to any of the three problems."""
    return f"[BEGIN]\n{design(GATES[asked_gate(body)])}\n[DONE]"


def agents_answer(body: dict[str, Any]) -> str:
    if "response_format" not in body:
        return f"```systemverilog\n{design(GATES[asked_gate(body)])}```"
    ports = [("a", "input"), ("b", "input"), ("y", "output")]
    return json.dumps(
        {
            "top": "TopModule",
            "ports": [{"name": n, "direction": d, "width_bits": 1} for n, d in ports],
            "clock": "",
            "reset": "",
            "behaviours": [],
        }
    )


def bench(hdlsmith: Command, server: FakeOpenAI, data: Path, out: Path, *more: str) -> Ended:
    return hdlsmith(
        *("bench", "run", "verilog-eval", "--data", data, "--out", out, "--json", *more),
        HDLSMITH_MODEL__BASE_URL=server.base_url,
        HDLSMITH_MODEL__NAME="fake",
        HDLSMITH_MODEL__API_KEY="sk-test",
        HDLSMITH_MODEL__RETRIES="0",
    )


def test_official_style(hdlsmith: Command, checkout: Path, tmp_path: Path) -> None:
    def reply(body: dict[str, Any]) -> Behaviour:
        return answer(body).replace("a ^ b", "a & b")

    with FakeOpenAI(reply) as server:
        ended = bench(
            hdlsmith, server, checkout, tmp_path / "run", "--style", "official", "--samples", "3"
        )
        requests = list(server.requests)
    assert ended.code == 0, ended.err
    summary = ended.json
    assert (summary["n"], summary["problems"], summary["passed"]) == (9, 3, 6)
    assert summary["codes"] == {".": 6, "R": 3}
    assert {k: v["value"] for k, v in summary["pass_at_k"].items()} == {"1": 66.67, "3": 66.67}
    assert summary["tokens"] == {"input": 99, "output": 63}
    assert Counter(asked_gate(r.body) for r in requests) == dict.fromkeys(GATES, 3)
    suite = VerilogEval(checkout)
    official = {
        message.content for p in suite.problems() for message in suite.official_messages(p, 0)
    }
    assert {m["content"] for r in requests for m in r.body["messages"]} == official
    assert requests[0].body["temperature"] == 0


def test_agent_style_is_blind(hdlsmith: Command, checkout: Path, tmp_path: Path) -> None:
    tries: Counter[str] = Counter()

    def reply(body: dict[str, Any]) -> Behaviour:
        if "response_format" not in body:
            tries[asked_gate(body)] += 1
            if tries["Prob001_and"] == 1 and asked_gate(body) == "Prob001_and":
                return "```systemverilog\nmodule TopModule(input a, b, output y) oops\n```"
        return agents_answer(body)

    with FakeOpenAI(reply) as server:
        ended = bench(hdlsmith, server, checkout, tmp_path / "run", "--style", "agent")
        sent = [json.dumps(request.body) for request in server.requests]
    assert ended.code == 0, ended.err
    assert (ended.json["n"], ended.json["passed"]) == (3, 3)
    assert tries["Prob001_and"] == 2, "the broken first answer was repaired"
    for problem in VerilogEval(checkout).problems():
        for text in (problem.testbench.text, problem.reference.text):
            secret = [line.strip() for line in text.splitlines() if len(line.strip()) > 12]
            shared = [line for line in secret if any(json.dumps(line)[1:-1] in s for s in sent)]
            assert [line for line in shared if line not in problem.prompt] == []
    words = ("RefModule", "stimulus_gen", "tb_mismatch", "Mismatches:", "good1", "wave.vcd")
    assert not [word for word in words if any(word in text for text in sent)]


def test_a_dying_endpoint_leaves_samples_unscored_and_the_next_call_finishes(
    hdlsmith: Command, checkout: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    asked: list[str] = []

    def dying(body: dict[str, Any]) -> Behaviour:
        if len(asked) >= 4:
            return Refusal(503, "overloaded")
        asked.append(asked_gate(body))
        return answer(body)

    def healthy(body: dict[str, Any]) -> Behaviour:
        asked.append(asked_gate(body))
        return answer(body)

    style = ("--style", "official", "--samples", "2")
    with FakeOpenAI(dying) as server:
        first = bench(hdlsmith, server, checkout, out, *style)
    assert first.code == 4, first.err
    assert (first.json["n"], first.json["planned"], len(first.json["unscored"])) == (4, 6, 2)
    assert first.json["pass_rate"] == 100, "a failed request never lowers a score"
    report = hdlsmith("bench", "report", out)
    assert report.code == 4
    assert "2 of 6 samples are unscored; call again to retry" in report.out
    with FakeOpenAI(healthy) as server:
        second = bench(hdlsmith, server, checkout, out, *style)
    assert second.code == 0, second.err
    assert (second.json["n"], second.json["passed"], second.json["unscored"]) == (6, 6, {})
    assert Counter(asked) == dict.fromkeys(GATES, 2), "nothing was asked for twice"


def test_an_answer_that_was_written_is_graded_without_asking_again(
    hdlsmith: Command, checkout: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    with FakeOpenAI(answer) as server:
        bench(hdlsmith, server, checkout, out, "--style", "official")
    results = out / "results.jsonl"
    results.write_text("".join(results.read_text().splitlines(keepends=True)[:1]))
    with FakeOpenAI([]) as silent:
        again = bench(hdlsmith, silent, checkout, out, "--style", "official")
    assert again.code == 0, again.err
    assert again.json["n"] == 3
    assert silent.requests == []
