"""Derive: the design that the request's own table or state machine makes, without a model."""

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.models import Usage
from hdlsmith.agent.state import Attempt, Event, State
from hdlsmith.agent.stated.by_rule import by_rule
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import LANGUAGES, Language
from hdlsmith.roles import Role


def derive(state: State, runtime: Runtime[Deps]) -> State:
    """The first attempt, where the request states the whole behaviour in a notation."""
    task, made = state["task"], state["plan"]
    if task.language is not Language.SYSTEMVERILOG or not (found := by_rule(task.request, made)):
        return {}
    runtime.context.watch.event(Event("derive", f"{made.top} follows from {found.because}"))
    name = f"{made.top}{LANGUAGES[task.language].suffixes[0]}"
    design = Design((SourceFile(name, found.text, task.language),), made.top)
    attempt = Attempt(1, Role.WRITE, design, (), Usage(), origin=found.because)
    return {"attempts": (attempt,)}
