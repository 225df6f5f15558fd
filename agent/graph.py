"""The wiring of the loop, and nothing else."""

import time
from dataclasses import replace
from typing import Any, Literal, Protocol

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from hdlsmith.agent.approval import leave_to_spend
from hdlsmith.agent.budget import spent
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.ladder import tier_now
from hdlsmith.agent.nodes.answer import answer
from hdlsmith.agent.nodes.choose import choose
from hdlsmith.agent.nodes.deliver import deliver
from hdlsmith.agent.nodes.derive import derive
from hdlsmith.agent.nodes.examples import examples
from hdlsmith.agent.nodes.gate import gate
from hdlsmith.agent.nodes.mend import mend
from hdlsmith.agent.nodes.plan import plan
from hdlsmith.agent.nodes.retrieve import retrieve
from hdlsmith.agent.nodes.simulate import simulate
from hdlsmith.agent.nodes.test import sends_back, test, to_be_tested
from hdlsmith.agent.nodes.write import repair, write
from hdlsmith.agent.state import Call, State
from hdlsmith.roles import Role
from hdlsmith.sandbox.results import Outcome

Graph = CompiledStateGraph[State, Deps, State, State]

_ASKING = (Role.PLAN, Role.WRITE, Role.REPAIR, Role.CHOOSE, Role.TEST)
"""Nodes that ask a model: each has the name of its role."""


class Node(Protocol):
    """A plain function: what it is given, what it changed."""

    def __call__(self, state: State, runtime: Runtime[Deps]) -> State: ...


def build_graph(checkpointer: "BaseCheckpointSaver[Any] | None" = None) -> Graph:
    """retrieve -> plan -> (derive | write) -> gate (-> mend -> gate) -> examples -> (choose)
    -> (simulate | test) -> answer -> deliver.

    What the request states in full is derived; else as many candidates are written as are wanted.
    Then come new tries while the budget lasts.
    """
    graph = StateGraph(State, context_schema=Deps)
    nodes: dict[str, Node] = {
        "retrieve": retrieve,
        "plan": plan,
        "derive": derive,
        "write": write,
        "gate": gate,
        "mend": mend,
        "examples": examples,
        "repair": repair,
        "choose": choose,
        "test": test,
        "simulate": simulate,
        "stop": _stop,
        "answer": answer,
        "deliver": deliver,
    }
    for name, node in nodes.items():
        graph.add_node(name, _metered(name, node))
    graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "plan")
    graph.add_edge("plan", "derive")
    graph.add_conditional_edges("derive", _after_derivation)
    graph.add_edge("write", "gate")
    graph.add_edge("mend", "gate")
    graph.add_edge("repair", "gate")
    graph.add_conditional_edges("gate", _after_gate)
    graph.add_conditional_edges("examples", _after_examples)
    graph.add_conditional_edges("choose", _after_choice)
    graph.add_conditional_edges("test", _after_test)
    graph.add_conditional_edges("simulate", _after_simulation)
    graph.add_edge("stop", "answer")
    graph.add_edge("answer", "deliver")
    graph.add_edge("deliver", END)
    return graph.compile(checkpointer=checkpointer)


def _after_derivation(state: State) -> Literal["gate", "write"]:
    return "gate" if state.get("attempts") else "write"


def _after_gate(state: State, runtime: Runtime[Deps]) -> Literal["mend", "examples"]:
    last = state["attempts"][-1]
    may_mend = "mend" not in runtime.context.without
    unmended = may_mend and not last.gate_passed and last.mended is None
    return "mend" if unmended and state["plan"].binding else "examples"


def _after_examples(
    state: State, runtime: Runtime[Deps]
) -> Literal["choose", "simulate", "test", "answer", "repair", "write", "stop"]:
    attempts, budget = state["attempts"], runtime.context.budget
    *_, last = attempts
    if last.origin and last.gate_passed and not last.contradicts:
        return _to_judge(state, runtime)
    if len(attempts) < budget.candidates and not spent(state, budget):
        return "write"
    several = budget.candidates > 1 and "choose" not in runtime.context.without
    chosen = any(attempt.agreement for attempt in attempts)
    if several and not chosen and any(attempt.gate_passed for attempt in attempts):
        return "choose"
    return _after_choice(state, runtime)


def _after_choice(
    state: State, runtime: Runtime[Deps]
) -> Literal["simulate", "test", "answer", "repair", "write", "stop"]:
    *_, last = state["attempts"]
    if last.gate_passed and not last.contradicts:
        return _to_judge(state, runtime)
    return _next_try(state, runtime)


def _to_judge(state: State, runtime: Runtime[Deps]) -> Literal["simulate", "test", "answer"]:
    if to_be_tested(state, runtime.context.budget.tests):
        return "test"
    return "simulate" if state["task"].testbench else "answer"


def _after_test(
    state: State, runtime: Runtime[Deps]
) -> Literal["answer", "repair", "write", "stop"]:
    return _next_try(state, runtime) if sends_back(state) else "answer"


def _after_simulation(
    state: State, runtime: Runtime[Deps]
) -> Literal["answer", "repair", "write", "stop"]:
    simulation = state["attempts"][-1].simulation
    if simulation and simulation.outcome in (Outcome.PASS, Outcome.NO_EVIDENCE):
        return "answer"  # a testbench that tells of no check can't be repaired by the design
    return _next_try(state, runtime)


def _next_try(state: State, runtime: Runtime[Deps]) -> Literal["repair", "write", "stop"]:
    """Repair; but a repair that left the fault where it was is followed by a fresh start, and so
    is a tier that has failed."""
    if spent(state, runtime.context.budget):
        return "stop"
    *_, last = state["attempts"]
    before = state["attempts"][-2:-1]
    stuck = last.role is Role.REPAIR and any(last.fault == earlier.fault for earlier in before)
    is_new_tier = tier_now(state["attempts"], runtime.context) > last.tier
    return "write" if stuck or is_new_tier else "repair"


def _stop(state: State, runtime: Runtime[Deps]) -> State:
    return {"stopped_by": spent(state, runtime.context.budget)}


def _metered(name: str, node: Node) -> Node:
    """Adds the node's own seconds and calls to the state: time between a kill and its resumption
    is free. A node that asks a model needs leave to spend first."""
    role = Role(name) if name in _ASKING else None

    def metered(state: State, runtime: Runtime[Deps]) -> State:
        leave = leave_to_spend(state, runtime, role) if role else State()
        started, calls = time.monotonic(), list[Call]()
        context = replace(runtime.context, calls=calls)
        left_out = name in context.without
        update = State() if left_out else node(state, runtime.override(context=context))
        return {
            **leave,
            **update,
            "calls": (*state.get("calls", ()), *calls),
            "usage": sum((call.usage for call in calls), state["usage"]),
            "elapsed_s": state.get("elapsed_s", 0.0) + time.monotonic() - started,
        }

    return metered
