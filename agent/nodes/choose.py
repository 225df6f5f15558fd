"""Choose: of several candidates, the one that most others behave like."""

import json
from dataclasses import replace

from langgraph.runtime import Runtime

from hdlsmith.agent.answer_schema import record_schema
from hdlsmith.agent.asking import ask
from hdlsmith.agent.consensus.distinguishing import Distinguishing
from hdlsmith.agent.consensus.groups import agree
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Attempt, Event, State, Task
from hdlsmith.design import Direction
from hdlsmith.display import counted
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role
from hdlsmith.sandbox.elaboration import elaborate


def choose(state: State, runtime: Runtime[Deps]) -> State:
    """Compare the candidates that came through the gate; the chosen one becomes the last."""
    deps = runtime.context
    passed = _fittest([attempt for attempt in state["attempts"] if attempt.gate_passed])
    if len(passed) == 1:
        written = counted(len(state["attempts"]), "candidate")
        fits = "fits the examples of the request best" if passed[0].examples else "compiles"
        because = f"the only one of {written} that {fits}"
        return {"attempts": _last(state, passed[0].number, because)}
    ports = state["plan"].ports or elaborate(passed[0].design).ports
    if all(port.direction is Direction.INPUT for port in ports):
        return {"attempts": _last(state, passed[0].number, "they have no output to compare")}

    def which(question: Distinguishing) -> int | None:
        return _asked(deps, state["task"], question)

    linters = (deps.verilator,) if deps.verilator else ()
    found = agree([attempt.design for attempt in passed], ports, deps.icarus, linters, which)
    chosen = passed[found.chosen or 0]
    deps.watch.event(
        Event(
            "choose",
            found.because,
            {
                "chosen": chosen.number,
                "groups": [[passed[n].number for n in group.members] for group in found.groups],
                "left_out": [[passed[n].number, why] for n, why in found.left_out],
            },
        )
    )
    return {"attempts": _last(state, chosen.number, found.because)}


def _fittest(attempts: list[Attempt]) -> list[Attempt]:
    """Those that contradict the fewest of the request's examples."""
    wrong = [attempt.examples.wrong if attempt.examples else 0 for attempt in attempts]
    return [attempt for attempt, n in zip(attempts, wrong, strict=True) if n == min(wrong)]


def _last(state: State, number: int, because: str) -> tuple[Attempt, ...]:
    others = [attempt for attempt in state["attempts"] if attempt.number != number]
    (chosen,) = (attempt for attempt in state["attempts"] if attempt.number == number)
    return (*others, replace(chosen, agreement=because))


def _asked(deps: Deps, task: Task, question: Distinguishing) -> int | None:
    """Which group the model takes for right, counting from 0; None where it names none."""
    groups = len(question.rows[0].outputs)
    prompt = load_prompt("choose")
    text = prompt.render(request=task.request, groups=groups, table=question.table)
    numbers = list(range(1, groups + 1))
    schema = record_schema(design={"type": "integer", "enum": numbers})
    completion = ask(deps, task, text, schema, role=Role.CHOOSE)
    try:
        said = json.loads(completion.text)["design"]
    except (ValueError, KeyError, TypeError):
        said = None
    return said - 1 if said in numbers else None
