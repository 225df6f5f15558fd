"""SystemVerilog for a state machine that a request states."""

import re
from collections.abc import Iterable, Sequence
from itertools import product

from hdlsmith.agent.interface import active_low, header_text
from hdlsmith.agent.state import Plan
from hdlsmith.agent.stated.encodings import codes_in, one_hot
from hdlsmith.agent.stated.machines import Bits, Machine, Transition, sentences
from hdlsmith.agent.stated.references import Place
from hdlsmith.design import Direction, Port

_FALLING = re.compile(r"\b(?:negedge|(?:negative|falling)[- ]edge)\b", re.IGNORECASE)
_LOW = re.compile(r"\bactive[- ]?low\b", re.IGNORECASE)
_HIGH = re.compile(r"\bactive[- ]?high\b", re.IGNORECASE)
_RESET = re.compile(r"reset|rst", re.IGNORECASE)
_AT_LEVEL = re.compile(
    r"(?:reset|rst)\w*\s*(?:signal\s+|input\s+)?(?:is\s+|goes\s+|={1,2}\s*)(?:1'b)?(low|high|[01])\b",
    re.IGNORECASE,
)
_MOST_INPUTS = 8


def machine_design(request: str, plan: Plan, machine: Machine) -> str | None:
    """The whole module; None where a data port of the design has no part in the machine, or where
    the edge, the reset's level or the encoding that the request wants isn't plain. Where nothing is
    said of the state after a reset, it is the one that is listed first.
    """
    control = {plan.clock, plan.reset}
    inputs = [p for p in plan.ports if p.direction is Direction.INPUT and p.name not in control]
    outputs = [p for p in plan.ports if p.direction is not Direction.INPUT]
    if plan.clock:
        if not _covers(machine, inputs, outputs) or _FALLING.search(request):
            return None
        if plan.reset and not _level_is_plain(request, plan):
            return None
        return _clocked(request, plan, machine, outputs)
    return _next_state_logic(request, plan, machine, inputs, outputs)


def _covers(machine: Machine, inputs: Sequence[Port], outputs: Sequence[Port]) -> bool:
    read = {at.port for t in machine.transitions for at, _ in t.when}
    driven = {at.port for bits in _all_outputs(machine) for at, _ in bits}
    return read == set(inputs) and driven == set(outputs)


def _all_outputs(machine: Machine) -> Iterable[Bits]:
    yield from machine.out.values()
    yield from (t.out for t in machine.transitions)


def _clocked(request: str, plan: Plan, machine: Machine, outputs: Sequence[Port]) -> str:
    width = max(1, (len(machine.states) - 1).bit_length())
    taken = {port.name for port in plan.ports}
    state, following = _free("state", taken), _free("next_state", taken)
    names = {name: _free(f"STATE_{name.upper()}", taken) for name in machine.states}
    if len(set(names.values())) < len(names):
        names = {name: f"STATE_{n}" for n, name in enumerate(machine.states)}
    start = names[machine.reset or machine.states[0]]
    lines = [header_text(plan.top, plan.ports)]
    lines += [
        f"    localparam logic [{width - 1}:0] {name} = {width}'d{n};"
        for n, name in enumerate(names.values())
    ]
    initial = "" if plan.reset else f" = {start}"
    lines += [
        f"    logic [{width - 1}:0] {state}{initial};",
        f"    logic [{width - 1}:0] {following};",
    ]
    lines += ["", *_register(request, plan, state, following, start), ""]
    lines += _case(machine, names, state, following, outputs, hold=state, default=start)
    lines += ["endmodule", ""]
    return "\n".join(lines)


def _register(request: str, plan: Plan, state: str, following: str, start: str) -> list[str]:
    clock, reset = plan.clock, plan.reset
    if not reset:
        return [f"    always_ff @(posedge {clock}) {state} <= {following};"]
    low = _is_low(request, plan)
    asynchronous = plan.reset_style == "asynchronous" or (not plan.reset_style and reset[0] == "a")
    edge = f" or {'negedge' if low else 'posedge'} {reset}" if asynchronous else ""
    return [
        f"    always_ff @(posedge {clock}{edge})",
        f"        if ({'!' if low else ''}{reset}) {state} <= {start};",
        f"        else {state} <= {following};",
    ]


def _is_low(request: str, plan: Plan) -> bool:
    """What the house's style or the request says of the reset; else what its name says."""
    if plan.reset_level:
        return plan.reset_level == "0"
    about = " ".join(said for said in sentences(request) if _RESET.search(said))
    low, high = _LOW.search(about), _HIGH.search(about)
    return bool(low) if bool(low) != bool(high) else active_low(plan.reset)


def _level_is_plain(request: str, plan: Plan) -> bool:
    """No sentence such as `when reset is 0` speaks of the other level."""
    other = {"high", "1"} if _is_low(request, plan) else {"low", "0"}
    return all(level.lower() not in other for level in _AT_LEVEL.findall(request))


def _next_state_logic(
    request: str, plan: Plan, machine: Machine, inputs: Sequence[Port], outputs: Sequence[Port]
) -> str | None:
    """The combinational part alone: the state comes in by one port, the next state leaves by
    another, in the codes that the request states.
    """
    read = {at.port for t in machine.transitions for at, _ in t.when}
    unread = [p for p in inputs if p not in read]
    if len(unread) != 1 or plan.reset:
        return None
    (state,) = unread
    following = [p for p in outputs if p.width_bits == state.width_bits > 1]
    if len(following) != 1:
        return None
    driven = {at.port for bits in _all_outputs(machine) for at, _ in bits}
    codes = codes_in(request, machine.states, state.width_bits)
    if not codes or driven != set(outputs) - set(following) or not _complete(machine):
        return None
    logic = _one_hot_logic if one_hot(codes) else _case_logic
    body = logic(machine, codes, state, following[0], outputs)
    return "\n".join([header_text(plan.top, plan.ports), *body, "endmodule", ""])


def _complete(machine: Machine) -> bool:
    """Every state says where to go for all values of the inputs it looks at."""
    return all(_goes_somewhere(machine.of(state)) for state in machine.states)


def _goes_somewhere(transitions: Sequence[Transition]) -> bool:
    looked_at = sorted({at for t in transitions for at, _ in t.when}, key=str)
    if sum(at.width_bits for at in looked_at) > _MOST_INPUTS:
        return False
    choices = [map("".join, product("01", repeat=at.width_bits)) for at in looked_at]
    return all(
        any(
            dict(t.when).items() <= dict(zip(looked_at, values, strict=True)).items()
            for t in transitions
        )
        for values in product(*choices)
    )


def _one_hot_logic(
    machine: Machine, codes: dict[str, str], state: Port, following: Port, outputs: Sequence[Port]
) -> list[str]:
    """An equation a bit, so that it also holds where several state bits are set."""
    bit = {name: len(code) - 1 - code.index("1") for name, code in codes.items()}
    terms: dict[str, list[str]] = {
        f"{following.name}[{n}]": [] for n in range(following.width_bits)
    }
    terms |= {port.name: [] for port in outputs if port != following}
    for name in machine.states:
        here = f"{state.name}[{bit[name]}]"
        for at, value in machine.out.get(name, ()):
            terms[str(at)] += [here] if value == "1" else []
        for t in machine.of(name):
            term = f"{here} && {_condition(t.when)}" if t.when else here
            terms[f"{following.name}[{bit[t.next]}]"].append(f"({term})")
            for at, value in t.out:
                terms[str(at)] += [f"({term})"] if value == "1" else []
    return [f"    assign {to} = {' || '.join(any_of) or chr(48)};" for to, any_of in terms.items()]


def _case_logic(
    machine: Machine, codes: dict[str, str], state: Port, following: Port, outputs: Sequence[Port]
) -> list[str]:
    values = {name: f"{state.width_bits}'b{code}" for name, code in codes.items()}
    others = [port for port in outputs if port != following]
    return _case(machine, values, state.name, following.name, others, hold="'0", default="'0")


def _case(
    machine: Machine,
    values: dict[str, str],
    state: str,
    following: str,
    outputs: Sequence[Port],
    *,
    hold: str,
    default: str,
) -> list[str]:
    """Outputs and next state by the present one.

    Args:
        values: how each state is written.
        hold: the next state where no transition holds.
        default: the next state of what is no state.
    """
    lines = ["    always_comb begin", f"        {following} = {hold};"]
    lines += [f"        {port.name} = '0;" for port in outputs]
    lines += [f"        case ({state})"]
    for name in machine.states:
        lines += [f"            {values[name]}: begin"]
        lines += [f"                {line}" for line in _sets(machine.out.get(name, ()))]
        for t in machine.of(name):
            sets = " ".join([*_sets(t.out), f"{following} = {values[t.next]};"])
            body = f"begin {sets} end" if t.out else sets
            when = f"if ({_condition(t.when)}) " if t.when else ""
            lines += [f"                {when}{body}"]
        lines += ["            end"]
    return [*lines, f"            default: {following} = {default};", "        endcase", "    end"]


def _sets(bits: Bits) -> list[str]:
    return [f"{at} = {at.width_bits}'b{value};" for at, value in bits]


def _condition(when: Bits) -> str:
    return " && ".join(_is(at, value) for at, value in when)


def _is(at: Place, value: str) -> str:
    if at.width_bits == 1:
        return str(at) if value == "1" else f"!{at}"
    return f"{at} == {at.width_bits}'b{value}"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_r"
    taken.add(name)
    return name
