"""The node that has designs tested: whom it asks, what it decides, and what is handed on."""

import os
import subprocess
import sys

import pytest
from langgraph.runtime import Runtime

from hdlsmith.agent.checkpoints import StateSerializer
from hdlsmith.agent.interface import header_in
from hdlsmith.agent.models import Request, Usage
from hdlsmith.agent.nodes.test import sends_back, to_be_tested
from hdlsmith.agent.nodes.test import test as run_node
from hdlsmith.agent.state import Answer, Attempt, Plan, State, Task, Verdict
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language
from hdlsmith.roles import Role

from .conftest import EXAMPLES, HEADER, REQUEST, RIGHT, WRONG, MakeBench
from .test_self_made_tests import MODEL, OTHER_MODEL

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("cocotb")]


def attempt(number: int, reply: str, agreement: str = "") -> Attempt:
    text = "\n".join(reply.splitlines()[1:-1]) + "\n"
    source = SourceFile("counter.sv", text, Language.SYSTEMVERILOG)
    design = Design((source,), "counter")
    return Attempt(number, Role.WRITE, design, (), Usage(), gate_passed=True, agreement=agreement)


def state(*replies: str) -> State:
    header = header_in(HEADER)
    assert header
    attempts = tuple(attempt(n, reply) for n, reply in enumerate(replies, 1))
    plan = Plan("counter", header[1], binding=True, clock="clk", reset="rst")
    return State(task=Task(REQUEST), plan=plan, attempts=attempts, usage=Usage())


def test_a_model_that_agrees_becomes_evidence_and_a_file(bench: MakeBench) -> None:
    made = bench([f"```python\n{MODEL}```"], tests=1)
    before = state(RIGHT)
    assert to_be_tested(before, 1)
    after = run_node(before, Runtime(context=made.deps))
    (tested,) = after["attempts"]
    assert tested.self_test
    assert tested.self_test.supports
    assert made.watch.events[-1].message == str(tested.self_test)
    assert len(made.model.requests) == 1
    assert not sends_back({**before, **after})
    serializer = StateSerializer()
    assert serializer.loads_typed(serializer.dumps_typed(after)) == after


@pytest.mark.parametrize(("reply", "files"), [(RIGHT, 2), (WRONG, 1)])
def test_only_a_test_that_can_be_relied_on_is_delivered(
    reply: str, files: int, bench: MakeBench
) -> None:
    made = bench([MODEL], tests=1)
    before = state(reply)
    attempts = run_node(before, Runtime(context=made.deps))["attempts"]
    design, plan = attempts[0].design, before["plan"]
    answer = Answer(design, Verdict.UNVERIFIED, "", (), attempts, 1, plan, Usage(), 0.0)
    assert [file.path for file in answer.files] == ["counter.sv", "test_counter.py"][:files]


def test_the_prompt_shows_request_and_ports_and_no_design(bench: MakeBench) -> None:
    made = bench([MODEL, MODEL], tests=2)
    run_node(state(RIGHT), Runtime(context=made.deps))
    first, second = made.model.requests
    prompt = first.messages[-1].content
    assert REQUEST in prompt
    assert 'return {"q": q}' in prompt
    assert "`rst` resets them here. It returns" in prompt
    assert "always_ff" not in prompt
    assert "4-bit counter" in prompt
    assert prompt == second.messages[-1].content
    assert second.sampling.temperature > first.sampling.temperature
    assert first.repeat != second.repeat


def test_the_candidate_that_a_model_agrees_with_comes_last(bench: MakeBench) -> None:
    made = bench([OTHER_MODEL, MODEL], tests=2)
    after = run_node(state(RIGHT, WRONG.replace("q + 2", "q + 3")), Runtime(context=made.deps))
    assert [a.number for a in after["attempts"]] == [2, 1]


def test_two_models_that_agree_send_a_design_back_and_are_not_asked_again(
    bench: MakeBench,
) -> None:
    made = bench([MODEL, MODEL], tests=2)
    runtime = Runtime(context=made.deps)
    before = state(WRONG)
    after: State = {**before, **run_node(before, runtime)}
    assert sends_back(after)
    assert not to_be_tested(after, 2)
    failed = after["attempts"][-1]
    assert failed.fault
    assert failed.self_test
    assert "expects other outputs" in failed.self_test.complaint
    repaired: State = {**after, "attempts": (*after["attempts"], attempt(2, RIGHT))}
    assert to_be_tested(repaired, 2)
    last = run_node(repaired, runtime)["attempts"][-1]
    assert len(made.model.requests) == 2
    assert last.number == 2
    assert last.rank > failed.rank


def test_one_model_alone_sends_nothing_back(bench: MakeBench) -> None:
    made = bench([OTHER_MODEL], tests=1)
    before = state(RIGHT)
    after: State = {**before, **run_node(before, Runtime(context=made.deps))}
    assert after["attempts"][-1].self_test
    assert "not to be relied on" in str(after["attempts"][-1].self_test)
    assert not sends_back(after)


def test_nonsense_gives_no_test_and_is_told(bench: MakeBench) -> None:
    def nonsense(request: Request) -> str:
        return "I would rather not."

    made = bench(nonsense, tests=2)
    after = run_node(state(RIGHT), Runtime(context=made.deps))
    assert after["attempts"][-1].self_test is None
    *_, left_out, end = (event.message for event in made.watch.events)
    assert left_out == "left out: a reference: the answer holds no class Reference"
    assert end == "no self-made test"


def test_what_the_user_or_the_request_judges_needs_no_test() -> None:
    plain = state(RIGHT)
    assert not to_be_tested(plain, 0)
    testbench = (SourceFile("tb.sv", "module tb; endmodule", Language.SYSTEMVERILOG),)
    assert not to_be_tested({**plain, "task": Task(REQUEST, testbench=testbench)}, 1)


def test_a_recorded_session_of_the_local_model_replays() -> None:
    """The local 1.5B model, recorded: its references are written, run in the cage and judged."""
    recording = EXAMPLES / "recordings" / "gray.jsonl"
    request = (
        "module to_gray (input logic [3:0] binary, output logic [3:0] code);"
        " code is the Gray code of binary: binary xor binary shifted right by one."
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "hdlsmith", "solve", request, "--tests", "2"),
            *("--model", f"replay:{recording}", "--json"),
        ],
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 4, done.stderr
    assert "writing reference model 2" in done.stderr
    assert "2 of 2 reference models agree" in done.stderr
