"""Plan: what the request asks for, as an interface and behaviours."""

import json

from langgraph.runtime import Runtime

from hdlsmith.agent.answer_schema import record_schema
from hdlsmith.agent.asking import ask
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.house_style import adopt
from hdlsmith.agent.interface import (
    clock_of,
    header_in,
    ports_from,
    reset_of,
    reset_style,
    stated_ports,
)
from hdlsmith.agent.port_lists import listed_ports, name_in
from hdlsmith.agent.state import Event, Plan, State
from hdlsmith.design import Direction, Port
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role

_DEFAULT_TOP = "top"
_TEXT = {"type": "string"}
_PORT = record_schema(
    name=_TEXT,
    direction={"type": "string", "enum": [str(d) for d in Direction]},
    width_bits={"type": "integer"},
)
_SCHEMA = record_schema(
    top=_TEXT,
    ports={"type": "array", "items": _PORT},
    clock=_TEXT,
    reset=_TEXT,
    behaviours={"type": "array", "items": _TEXT},
)


def plan(state: State, runtime: Runtime[Deps]) -> State:
    """Read the interface off the request: its own module header or list of ports, else a model."""
    task, watch = state["task"], runtime.context.watch
    if stated := _stated(task.request):
        name, ports = stated
        made = Plan(
            top=task.top or name or _DEFAULT_TOP,
            ports=ports,
            binding=True,
            clock=clock_of(ports),
            reset=reset_of(ports),
            reset_style=reset_style(task.request),
        )
    else:
        watch.event(Event("plan", "reading the interface off the request"))
        prompt = load_prompt("plan")
        text = prompt.render(request=task.request)
        completion = ask(runtime.context, task, text, _SCHEMA, role=Role.PLAN)
        made = _from_json(completion.text, task.request, task.top)
    if house := state.get("house"):
        made = adopt(made, task.request, house)
    ports_said = ", ".join(str(port) for port in made.ports) or "left to the model"
    watch.event(
        Event("plan", f"{made.top}: {ports_said}", {"binding": made.binding, "top": made.top})
    )
    return {"plan": made}


def _stated(request: str) -> tuple[str, tuple[Port, ...]] | None:
    if header := header_in(request):
        return header
    ports = listed_ports(request)
    return (name_in(request), ports) if ports else None


def _from_json(text: str, request: str, top: str | None) -> Plan:
    """A plan out of a model's JSON; whatever is broken in it is left open."""
    try:
        said = json.loads(text)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    ports = ports_from(said.get("ports"))
    stated = stated_ports(request, ports)
    ports = stated or ports
    inputs = {p.name for p in ports if p.direction is Direction.INPUT and p.width_bits == 1}
    named = str(said.get("top", ""))
    behaviours = said.get("behaviours")
    return Plan(
        top=top or (named if named.isidentifier() and named.isascii() else _DEFAULT_TOP),
        ports=ports,
        binding=bool(stated),
        clock=str(said["clock"]) if said.get("clock") in inputs else clock_of(ports),
        reset=str(said["reset"]) if said.get("reset") in inputs else reset_of(ports),
        reset_style=reset_style(request),
        behaviours=tuple(map(str, behaviours)) if isinstance(behaviours, list) else (),
    )
