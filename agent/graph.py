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
from hdlsmith.agent.nodes.gate import gate
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
    """retrieve -> plan -> write -> gate -> (simulate) -> answer; new tries while budget lasts."""
    graph = StateGraph(State, context_schema=Deps)
    nodes: dict[str, Node] = {
        "retrieve": retrieve,
        "plan": plan,
        "write": write,
        "gate": gate,
        "repair": repair,
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
    graph.add_edge("repair", "gate")
    graph.add_conditional_edges("gate", _after_gate)
    graph.add_conditional_edges("simulate", _after_simulation)
    graph.add_edge("stop", "answer")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=checkpointer)


def _after_gate(
    state: State, runtime: Runtime[Deps]
) -> Literal["simulate", "answer", "repair", "write", "stop"]:
    if not state["attempts"][-1].gate_passed:
        return _next_try(state, runtime)
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
