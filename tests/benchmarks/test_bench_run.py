"""`bench run` against a real endpoint on loopback, healthy and dying."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.benchmarks.manifest import endpoint
from hdlsmith.benchmarks.suites.verilog_eval import VerilogEval
from hdlsmith.model_settings import OneModel
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


def bench(
    hdlsmith: Command, server: FakeOpenAI, data: Path, out: Path, *more: str, **settings: str
) -> Ended:
    return hdlsmith(
        *("bench", "run", "verilog-eval", "--data", data, "--out", out, "--json", *more),
        HDLSMITH_MODEL__BASE_URL=server.base_url,
        HDLSMITH_MODEL__NAME="fake",
        HDLSMITH_MODEL__API_KEY="sk-test",
        HDLSMITH_MODEL__RETRIES="0",
        **settings,
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

    healed = threading.Event()

    def reply(body: dict[str, Any]) -> Behaviour:
        if len(asked) >= 4 and not healed.is_set():
            return Refusal(503, "overloaded")
        asked.append(asked_gate(body))
        return answer(body)

    style = ("--style", "official", "--samples", "2")
    with FakeOpenAI(reply) as server:
        first = bench(hdlsmith, server, checkout, out, *style)
        report = hdlsmith("bench", "report", out)
        healed.set()
        second = bench(hdlsmith, server, checkout, out, *style)
    assert first.code == 4, first.err
    assert (first.json["n"], first.json["planned"], len(first.json["unscored"])) == (4, 6, 2)
    assert first.json["pass_rate"] == 100, "a failed request never lowers a score"
    assert report.code == 4
    assert "2 of 6 samples unscored; call again to retry" in report.out
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
        again = bench(hdlsmith, server, checkout, out, "--style", "official")
        asked = len(server.requests)
    assert again.code == 0, again.err
    assert again.json["n"] == 3
    assert asked == 3, "each sample once"


def test_the_manifest_says_who_answered_and_never_a_password(
    hdlsmith: Command, checkout: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    with FakeOpenAI(answer) as server:
        place = server.base_url.removeprefix("http://")
        ended = hdlsmith(
            *("bench", "run", "verilog-eval", "--data", checkout, "--out", out, "--json"),
            *("--style", "official", "--problems", "Prob001"),
            HDLSMITH_MODEL__BASE_URL=f"http://user:hush@{place}/?key=hush",
            HDLSMITH_MODEL__NAME="fake",
        )
    assert ended.code in (0, 4), ended.err
    assert ended.json["run"]["endpoint"] == place
    assert "hush" not in (out / "run.json").read_text()


def test_the_report_says_what_each_tier_earned(
    hdlsmith: Command, checkout: Path, tmp_path: Path
) -> None:
    def reply(body: dict[str, Any]) -> Behaviour:
        is_hard = asked_gate(body) == "Prob003_xor" and "response_format" not in body
        return "I can't." if is_hard and body["model"] == "weak" else agents_answer(body)

    tiers = json.dumps([{"name": "weak", "attempts": 1}, {"name": "strong"}])
    with FakeOpenAI(reply) as server:
        out = tmp_path / "run"
        ended = bench(hdlsmith, server, checkout, out, HDLSMITH_MODEL__TIERS=tiers)
    assert ended.code == 0, ended.err
    assert ended.json["run"]["model"] == "weak > strong"
    weak, strong = ended.json["ledger"]
    told = ("seat", "model", "attempts", "through_gate", "chosen", "passed", "calls")
    assert [weak[key] for key in told] == ["tier 1", "weak", 3, 2, 2, 2, 3]
    assert [strong[key] for key in told] == ["tier 2", "strong", 1, 1, 1, 1, 1]
    shown = hdlsmith("bench", "report", out).out
    assert "tier 2, strong: 1 attempt, 1 through the gate, 1 chosen, 1 passed; 1 call" in shown


def test_another_endpoint_is_another_run(hdlsmith: Command, checkout: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with FakeOpenAI(answer) as one, FakeOpenAI(answer) as other:
        assert bench(hdlsmith, one, checkout, out, "--style", "official").code == 0
        ended = bench(hdlsmith, other, checkout, out, "--style", "official")
    assert ended.code == 2
    assert "differs in: endpoint" in ended.err
    assert other.requests == []


@pytest.mark.parametrize("name", ["local", "replay:answers.jsonl"])
def test_a_model_without_an_address_is_named_by_its_kind(name: str) -> None:
    assert endpoint(OneModel(name=name, base_url="http://h/v1")) == name.partition(":")[0]
