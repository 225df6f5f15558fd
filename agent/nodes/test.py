"""Test: reference models, written without seeing a design, held against the candidates."""

from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.asking import ask
from hdlsmith.agent.consensus.profiles import Ports
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Event, Plan, State, Task
from hdlsmith.agent.testing.judge import Author, judge
from hdlsmith.agent.testing.reference import Reference, read_reference, skeleton
from hdlsmith.agent.testing.testbench import Schedule, schedule_for
from hdlsmith.design import Direction
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role
from hdlsmith.sandbox.cocotb.session import libpython
from hdlsmith.sandbox.elaboration import elaborate


def test(state: State, runtime: Runtime[Deps]) -> State:
    """Hold references against all candidates that nothing speaks against; the one that they choose
    becomes the last. The references are asked for once, and again never."""
    deps, task, made = runtime.context, state["task"], state["plan"]
    candidates = [a for a in state["attempts"] if a.gate_passed and not a.contradicts]
    ports = made.ports or elaborate(candidates[-1].design).ports
    if unfit := _unfit(ports):
        deps.watch.event(Event("test", f"no self-made test: {unfit}"))
        return {}
    libpython()  # rather than miss it after the model's work
    schedule = schedule_for(ports, made.reset_style)
    references = state.get("references", ()) or _asked(deps, task, made, schedule)
    author = Author(task.request, deps.models.seat(Role.TEST).model.name)
    designs = [attempt.design for attempt in candidates]
    judged = judge(designs, references, schedule, author, deps.icarus)
    chosen = replace(candidates[judged.chosen], self_test=judged.test)
    for because in judged.because:
        deps.watch.event(Event("test", f"left out: {because}"))
    said = str(judged.test or "no self-made test")
    deps.watch.event(Event("test", said, {"attempt": chosen.number}))
    others = (attempt for attempt in state["attempts"] if attempt.number != chosen.number)
    return {"attempts": (*others, chosen), "references": references}


def to_be_tested(state: State, tests: int) -> bool:
    """Whether the last attempt is to have a self-made test: where nothing speaks against it, none
    of the user's tests will judge it, and it was not written by rule from the request.

    Args:
        tests: how many references are wanted.
    """
    last = state["attempts"][-1]
    fit = last.gate_passed and not (last.contradicts or last.origin or last.self_test)
    return tests > 0 and fit and not state["task"].testbench


def sends_back(state: State) -> bool:
    """Whether a test that can be relied on failed on the last attempt."""
    found = state["attempts"][-1].self_test
    return found is not None and found.objects


def _unfit(ports: Ports) -> str:
    """Why such a module gets no test; empty where it can have one."""
    directions = {port.direction for port in ports}
    if Direction.INOUT in directions:
        return "a reference model can't drive a bidirectional port"
    return "" if Direction.OUTPUT in directions else "there is no output to compare"


def _asked(deps: Deps, task: Task, made: Plan, schedule: Schedule) -> tuple[Reference, ...]:
    """As many references as are wanted, each from the request and the ports alone."""
    prompt = load_prompt("test")
    text = prompt.render(
        request=task.request,
        top=made.top,
        skeleton=skeleton(schedule.stimuli),
        clock=schedule.stimuli.clock,
        reset=schedule.reset,
        reset_level=made.reset_level,
    )
    references = []
    for number in range(deps.budget.tests):
        deps.watch.event(Event("test", f"writing reference model {number + 1}"))
        completion = ask(deps, task, text, role=Role.TEST, retry=number)
        references.append(read_reference(completion.text, clocked=bool(schedule.stimuli.clock)))
    return tuple(references)
