"""`bench ablation`: every part off in turn, on the same problems."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.agent.deps import PARTS
from tests.benchmarks.conftest import Ended
from tests.benchmarks.test_bench_run import agents_answer, answer, asked_gate
from tests.fakes.openai_server import Behaviour, FakeOpenAI

pytestmark = pytest.mark.tool("iverilog")

SLIP = (
    "```systemverilog\nmodule TopModule(input a, b, output y); always @* y = a & b; endmodule\n```"
)


def reply(body: dict[str, Any]) -> Behaviour:
    """Slips in one gate, is wrong about another when asked by the dataset's own prompt."""
    if "[BEGIN]" in body["messages"][-1]["content"]:
        return answer(body).replace("a ^ b", "a & b")
    if "response_format" not in body and asked_gate(body) == "Prob001_and":
        return SLIP
    return agents_answer(body)


def test_each_part_has_a_row(
    hdlsmith: Callable[..., Ended], checkout: Path, tmp_path: Path
) -> None:
    arguments = ("bench", "ablation", "verilog-eval", "--data", checkout, "--out", tmp_path / "run")
    with FakeOpenAI(reply) as server:
        variables = {
            "HDLSMITH_MODEL__BASE_URL": server.base_url,
            "HDLSMITH_MODEL__NAME": "fake",
            "HDLSMITH_MODEL__API_KEY": "sk-test",
            "HDLSMITH_BUDGET__CANDIDATES": "2",
            "HDLSMITH_BUDGET__ATTEMPTS": "2",
        }
        ended = hdlsmith(*arguments, "--json", **variables)
        asked = len(server.requests)
        again = hdlsmith(*arguments, **variables)
        assert len(server.requests) == asked, "what is finished is not asked for twice"
    assert ended.code == again.code == 0, ended.err + again.err
    rows = {row["variant"]: row for row in ended.json["rows"]}
    assert list(rows) == [
        "single shot", "one candidate", "all parts", *(f"no {part}" for part in PARTS),
    ]  # fmt: skip
    assert {row["n"] for row in rows.values()} == {3}
    passed = {name: row["passed"] for name, row in rows.items()}
    assert passed == dict.fromkeys(rows, 3) | {"single shot": 2, "no mend": 2}
    assert rows["no mend"]["outcomes"]["compile_error"] == 1
    tokens = {name: row["tokens"]["output"] for name, row in rows.items()}
    assert tokens["one candidate"] < tokens["all parts"]
    (line,) = (text for text in again.out.splitlines() if text.startswith("no mend"))
    assert line.split()[2:4] == ["2/3", "1"]
