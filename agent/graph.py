"""The wiring of the loop, and nothing else."""

import time
from typing import Any, Literal, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from hdlsmith.agent.budget import spent
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.nodes.answer import answer
from hdlsmith.agent.nodes.choose import choose
from hdlsmith.agent.nodes.gate import gate
from hdlsmith.agent.nodes.mend import mend
from hdlsmith.agent.nodes.plan import plan
from hdlsmith.agent.nodes.retrieve import retrieve
from hdlsmith.agent.nodes.simulate import simulate
from hdlsmith.agent.nodes.write import repair, write
from hdlsmith.agent.state import Role, State
from hdlsmith.sandbox.results import Outcome

Graph = CompiledStateGraph[State, Deps, State, State]


class Node(Protocol):
    """A plain function: what it is given, what it changed."""

    def __call__(self, state: State, runtime: Runtime[Deps]) -> State: ...


def build_graph(checkpointer: "BaseCheckpointSaver[Any] | None" = None) -> Graph:
    """retrieve -> plan -> write -> gate (-> mend -> gate) -> (choose) -> (simulate) -> answer.

    First as many candidates are written as are wanted; then new tries while the budget lasts.
    """
    graph = StateGraph(State, context_schema=Deps)
    nodes: dict[str, Node] = {
        "retrieve": retrieve,
        "plan": plan,
        "write": write,
        "gate": gate,
        "mend": mend,
        "repair": repair,
        "choose": choose,
        "simulate": simulate,
        "stop": _stop,
        "answer": answer,
    }
    for name, node in nodes.items():
        graph.add_node(name, _timed(node))
    graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "plan")
    graph.add_edge("plan", "write")
    graph.add_edge("write", "gate")
    graph.add_edge("mend", "gate")
    graph.add_edge("repair", "gate")
    graph.add_conditional_edges("gate", _after_gate)
    graph.add_conditional_edges("choose", _to_judge)
    graph.add_conditional_edges("simulate", _after_simulation)
    graph.add_edge("stop", "answer")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=checkpointer)


def _after_gate(
    state: State, runtime: Runtime[Deps]
) -> Literal["mend", "choose", "simulate", "answer", "repair", "write", "stop"]:
    attempts, budget = state["attempts"], runtime.context.budget
    if not attempts[-1].gate_passed and attempts[-1].mended is None and state["plan"].binding:
        return "mend"
    if len(attempts) < budget.candidates and not spent(state, budget):
        return "write"
    several = budget.candidates > 1 and sum(a.gate_passed for a in attempts) > 1
    if several and not any(a.agreement for a in attempts):
        return "choose"
    if not attempts[-1].gate_passed:
        return _next_try(state, runtime)
    return _to_judge(state)


def _to_judge(state: State) -> Literal["simulate", "answer"]:
    return "simulate" if state["task"].testbench else "answer"


def _after_simulation(
    state: State, runtime: Runtime[Deps]
) -> Literal["answer", "repair", "write", "stop"]:
    simulation = state["attempts"][-1].simulation
    if simulation and simulation.outcome in (Outcome.PASS, Outcome.NO_EVIDENCE):
        return "answer"  # a testbench that tells of no check can't be repaired by the design
    return _next_try(state, runtime)


def _next_try(state: State, runtime: Runtime[Deps]) -> Literal["repair", "write", "stop"]:
    """Repair; but a repair that left the fault where it was is followed by a fresh start."""
    if spent(state, runtime.context.budget):
        return "stop"
    *_, last = state["attempts"]
    before = state["attempts"][-2:-1]
    stuck = last.role is Role.REPAIR and any(last.fault == earlier.fault for earlier in before)
    return "write" if stuck else "repair"


def _stop(state: State, runtime: Runtime[Deps]) -> State:
    return {"stopped_by": spent(state, runtime.context.budget)}


def _timed(node: Node) -> Node:
    """Adds the node's own seconds to the state: time between a kill and its resumption is free."""

    def timed(state: State, runtime: Runtime[Deps]) -> State:
        started = time.monotonic()
        update = node(state, runtime)
        elapsed = state.get("elapsed_s", 0.0) + time.monotonic() - started
        return {**update, "elapsed_s": elapsed}

    return timed
