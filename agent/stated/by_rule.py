"""Designs written by rule, without a model, where the request states the whole behaviour."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hdlsmith.agent.interface import header_text
from hdlsmith.agent.state import Plan
from hdlsmith.agent.stated.check import examples_in
from hdlsmith.agent.stated.examples import Examples, function_of
from hdlsmith.agent.stated.machine_design import machine_design
from hdlsmith.agent.stated.machines import machine_in
from hdlsmith.agent.stated.references import bits_count_from_zero

_CONTRARY = re.compile(
    r"\b(?:opposite|inverse|inverted|complement|except|wrong|incorrect|faulty|buggy|broken|mistake|"
    r"registered|delayed|remembers?|holds?|retains?|previous|unchanged|latch)\b",
    re.IGNORECASE,
)
"""Words by which prose may take back or add to what a notation says."""


@dataclass(frozen=True)
class ByRule:
    """A design and what it was made from.

    Attributes:
        because: `the Karnaugh map of the request, 16 rows`.
    """

    text: str
    because: str


def by_rule(request: str, plan: Plan) -> ByRule | None:
    """The design that the request's own table, map or machine makes; None where it leaves anything
    open, where it speaks of ports that the design lacks, where two notations disagree, or where
    the prose around it may change its meaning.
    """
    if not plan.binding or _CONTRARY.search(request) or not bits_count_from_zero(request):
        return None
    functions = [(one, function_of(one)) for one in examples_in(request, plan.top, plan.ports)]
    stated = [(one, function) for one, function in functions if function]
    if stated and all(function == stated[0][1] for _, function in stated):
        examples, function = stated[0]
        said = f"the {examples.notation} of the request, {len(examples.rows)} rows"
        return ByRule(_function_design(plan, examples, function), said)
    machine = None if functions else machine_in(request, plan.ports)
    text = machine_design(request, plan, machine) if machine else None
    if not machine or not text:
        return None
    said = f"the state machine of the request, {len(machine.states)} states"
    if plan.clock and not machine.reset:
        said += f"; it is taken to start in {machine.states[0]}, listed first"
    return ByRule(text, said)


def _function_design(plan: Plan, examples: Examples, function: dict[str, str]) -> str:
    """One `case` over all inputs; the commonest value is its default."""
    known = Counter(want for want in function.values() if "x" not in want)
    usual = known.most_common(1)[0][0] if known else "0" * len(next(iter(function.values())))
    inputs = _joined([port.name for port in examples.inputs])
    outputs = _joined([port.name for port in examples.outputs])
    arms = [
        f"            {len(bits)}'b{bits}: {outputs} = {len(want)}'b{_either(want)};"
        for bits, want in sorted(function.items())
        if not re.fullmatch("x+", want) and want != usual
    ]
    arms.append(f"            default: {outputs} = {len(usual)}'b{usual};")
    body = [
        "    always_comb begin",
        f"        case ({inputs})",
        *arms,
        "        endcase",
        "    end",
    ]
    return "\n".join([header_text(plan.top, plan.ports), *body, "endmodule", ""])


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{{{', '.join(names)}}}"


def _either(want: str) -> str:
    """Bits that may be anything are 0: an x would spread in simulation."""
    return want.replace("x", "0")
