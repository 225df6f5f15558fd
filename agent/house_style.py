"""What a request leaves open follows the habits of the user's repository."""

import re
from dataclasses import replace

from hdlsmith.agent.state import Plan
from hdlsmith.design import Direction, Port
from hdlsmith.retrieval.structure.conventions import Conventions

_PROSE = ("clock", "reset", "enable")
"""Words of any request; as a port's name only between quotes."""


def adopt(plan: Plan, request: str, house: Conventions) -> Plan:
    """The plan with the house's names for its clock, reset and ports.

    A port that the request itself names keeps its name.
    """
    if plan.binding:
        return plan
    renamed = {port.name: _renamed(port, plan, request, house) for port in plan.ports}
    if len(set(renamed.values())) < len(renamed):  # two ports would become one
        return plan
    return replace(
        plan,
        ports=tuple(replace(port, name=renamed[port.name]) for port in plan.ports),
        clock=renamed.get(plan.clock, plan.clock),
        reset=renamed.get(plan.reset, plan.reset),
        reset_style=plan.reset_style or (house.reset_style if plan.reset else ""),
        reset_level=house.reset_level if renamed.get(plan.reset) == house.reset else "",
    )


def _renamed(port: Port, plan: Plan, request: str, house: Conventions) -> str:
    quote = "[`'\"]" if port.name in _PROSE else r"\b"
    if re.search(f"{quote}{re.escape(port.name)}{quote}", request):
        return port.name
    if port.name == plan.clock and house.clock:
        return house.clock
    if port.name == plan.reset and house.reset:
        return house.reset
    is_input = port.direction is Direction.INPUT
    suffix = house.input_suffix if is_input else house.output_suffix
    return port.name if port.name.endswith(suffix) else port.name + suffix
