"""The debugger role: a model's hypotheses, tried on copies, kept only where they help.

A graph of three nodes: `propose` shows the model one table and asks for a small edit, `judge`
tries it on a copy, `search` tries edits by rule on what was kept. An edit is kept for what the
tools then say; nothing that a model says is believed.
"""

import time
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypedDict, cast

from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from hdlsmith.agent.asking import ask
from hdlsmith.agent.budget import used_up
from hdlsmith.agent.debugging.case import benches_for
from hdlsmith.agent.debugging.clues import Clues
from hdlsmith.agent.debugging.court import Court
from hdlsmith.agent.debugging.debug import Debugged
from hdlsmith.agent.debugging.edits import RefusedError, parse, schema
from hdlsmith.agent.debugging.hypothesis import Fate, Hypothesis
from hdlsmith.agent.debugging.prompt import prompt_for
from hdlsmith.agent.debugging.standing import Standing
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.models import Usage
from hdlsmith.agent.state import Event, Task
from hdlsmith.agent.templates.patch import diff
from hdlsmith.agent.templates.repair import try_edits
from hdlsmith.roles import Role
from hdlsmith.sandbox.results import Outcome

_TRIES_A_TIER = 2


@dataclass(frozen=True)
class Services:
    """What the nodes work with.

    Attributes:
        budget_s: CPU seconds for edits by rule on each version that is kept.
    """

    court: Court
    deps: Deps
    budget_s: float


class DebugState(TypedDict, total=False):
    """The graph's state: the best version so far, and what was tried."""

    best: Standing
    hypotheses: tuple[Hypothesis, ...]
    usage: Usage
    elapsed_s: float


def debug_by_model(done: Debugged, deps: Deps, budget_s: float) -> Debugged:
    """Ask for hypotheses until no tool finds fault any more, or the budget is used up.

    Args:
        done: what debugging without a model came to; it is returned where nothing is left to do.
        budget_s: CPU seconds for edits by rule on each version that is kept.

    Raises:
        ModelError: the endpoint failed.
        SandboxError: the sandbox failed, not the design.
    """
    if not leaves_questions(done):
        return done
    seconds = (run.wall_s for _, result in done.before for run in result.runs)
    clues = done.clues or Clues()
    court = Court(done.case, clues, deps.icarus, deps.verilator, max(seconds, default=0.0))
    final = _ask(court.stands(done.design), Services(court, deps, budget_s))
    best = final["best"]
    design, after = best.design, best.results
    if after and not best.is_faulty:
        design, after = court.settled(done.case.design, design)
    return replace(
        done,
        design=design,
        errors=() if best.compiles else best.diagnosis.errors,
        benches=benches_for(done.case, design) if best.compiles else (),
        after=after,
        hypotheses=final["hypotheses"],
        usage=final["usage"],
        stopped_by="" if _is_settled(final) else _spent(final, deps),
    )


def leaves_questions(done: Debugged) -> bool:
    """Whether there is anything that a model could be asked to mend."""
    issue, clues = bool(done.case.issue.strip()), done.clues or Clues()
    if done.errors:
        return True
    if not done.benches:
        return issue or (bool(clues.told or clues.diagnostics) and not done.mended.steps)
    # A testbench that tells of no check, or can't be compiled, is not mended by the design.
    outcomes = {result.outcome for _, result in done.after}
    judges = not outcomes & {Outcome.NO_EVIDENCE, Outcome.COMPILE_ERROR}
    return judges and (issue or not done.works)


def _ask(best: Standing, services: Services) -> DebugState:
    graph = StateGraph(DebugState, context_schema=Services)
    nodes: dict[str, Node] = {"propose": propose, "judge": judge, "search": search}
    for name, node in nodes.items():
        graph.add_node(name, _timed(node))
    graph.add_edge(START, "propose")
    graph.add_edge("propose", "judge")
    graph.add_conditional_edges("judge", _after_trial)
    graph.add_conditional_edges("search", _after_search)
    start = DebugState(best=best, hypotheses=(), usage=Usage(), elapsed_s=0.0)
    limit = 5 + 3 * services.deps.budget.attempts
    return cast(
        DebugState, graph.compile().invoke(start, {"recursion_limit": limit}, context=services)
    )


def _is_settled(state: DebugState) -> bool:
    """An edit was kept, and no tool finds fault any more."""
    kept = any(made.fate is Fate.KEPT for made in state["hypotheses"])
    return kept and not state["best"].is_faulty


def propose(state: DebugState, runtime: Runtime[Services]) -> DebugState:
    """Show the model the table, and take its answer as the next hypothesis."""
    deps, best, tried = runtime.context.deps, state["best"], state["hypotheses"]
    number = len(tried) + 1
    deps.watch.event(Event("debug", f"asking for hypothesis {number}"))
    failed = _failed(tried)
    court = runtime.context.court
    completion = ask(
        deps,
        Task(court.case.issue, court.case.language),
        prompt_for(best, court, failed),
        schema(best.design),
        role=Role.DEBUG,
        tier=min(len(failed) // _TRIES_A_TIER, len(deps.models.tiers) - 1),
        retry=len(failed),
    )
    made = Hypothesis(number, completion.text, completion.usage)
    return {"hypotheses": (*tried, made), "usage": state["usage"] + completion.usage}


def judge(state: DebugState, runtime: Runtime[Services]) -> DebugState:
    """Try the last hypothesis on a copy; keep the copy if it fares better."""
    best, (*earlier, last) = state["best"], state["hypotheses"]
    try:
        proposed = parse(last.answer)
        last = replace(last, cause=proposed.cause, edits=proposed.edits)
        standing, kept, because = runtime.context.court.try_on(best, proposed)
        fate = Fate.KEPT if kept else Fate.ROLLED_BACK
        patch = diff(best.design, standing.design)
        last = replace(last, fate=fate, because=because, patch=patch)
        best = standing if kept else best
    except RefusedError as refused:
        last = replace(last, fate=Fate.REFUSED, because=str(refused))
    runtime.context.deps.watch.event(
        Event("try", str(last), {"cause": last.cause, "patch": last.patch})
    )
    return {"best": best, "hypotheses": (*earlier, last)}


def search(state: DebugState, runtime: Runtime[Services]) -> DebugState:
    """Edits by rule on what was kept: cheaper than the next question."""
    best, court = state["best"], runtime.context.court
    if best.found is None:
        return {}
    benches = benches_for(court.case, best.design)
    failing = next(bench for bench in benches if bench.top not in best.passing)
    budget_s = runtime.context.budget_s
    done = try_edits(best.design, benches, failing, best.found, court.icarus, budget_s)
    if not done.repaired:
        return {}
    said = f"{', '.join(done.templates)}: every testbench passes"
    runtime.context.deps.watch.event(Event("search", said))
    return {"best": court.stands(done.design)}


def _after_trial(
    state: DebugState, runtime: Runtime[Services]
) -> Literal["propose", "search", "__end__"]:
    kept = state["hypotheses"][-1].fate is Fate.KEPT
    return "search" if kept and state["best"].is_faulty else _after_search(state, runtime)


def _after_search(state: DebugState, runtime: Runtime[Services]) -> Literal["propose", "__end__"]:
    over = _is_settled(state) or _spent(state, runtime.context.deps)
    return "__end__" if over else "propose"


def _spent(state: DebugState, deps: Deps) -> str:
    return used_up(len(state["hypotheses"]), state["usage"], state["elapsed_s"], deps.budget)


def _failed(tried: tuple[Hypothesis, ...]) -> tuple[Hypothesis, ...]:
    """Those since the last one that was kept: they speak of the version that is the best now."""
    last = max((n for n, made in enumerate(tried, 1) if made.fate is Fate.KEPT), default=0)
    return tried[last:]


class Node(Protocol):
    """A plain function: what it is given, what it changed."""

    def __call__(self, state: DebugState, runtime: Runtime[Services]) -> DebugState: ...


def _timed(node: Node) -> Node:
    """Adds the node's seconds to the state."""

    def timed(state: DebugState, runtime: Runtime[Services]) -> DebugState:
        started = time.monotonic()
        update = node(state, runtime)
        return {**update, "elapsed_s": state["elapsed_s"] + time.monotonic() - started}

    return timed
