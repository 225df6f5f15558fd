"""The state machines of a module: what its code says, with the encodings of its declarations."""

import re
from collections.abc import Mapping

from hdlsmith.design import SourceSpan
from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.anatomy import Fsm, State, Transition
from hdlsmith.retrieval.anatomy.clocking import Clocking
from hdlsmith.retrieval.anatomy.enums import Enums
from hdlsmith.retrieval.anatomy.flops import Flops
from hdlsmith.retrieval.anatomy.functions import inlined
from hdlsmith.retrieval.anatomy.nets import Nets
from hdlsmith.retrieval.anatomy.units import Unit
from hdlsmith.retrieval.anatomy.writing import all_of
from hdlsmith.retrieval.meaning import fsm as found_fsm
from hdlsmith.retrieval.meaning.code import Expr
from hdlsmith.retrieval.meaning.phrases import value_of
from hdlsmith.retrieval.meaning.steps import spelling
from hdlsmith.retrieval.nodes import Kind

_VALUE = r"\s*(?:\[[^\]]*\]\s*)?(?::=|=)\s*([^,;)]+)"
_MACRO_CALL = re.compile(r"`\w+\s*\(((?:[^();]|\([^();]*\))*)\)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_LITERAL = re.compile(r"\d*'[bodhBODH][\da-fA-F_]+|\d+")


def fsms_of(unit: Unit, nets: Nets) -> tuple[Fsm, ...]:
    """The state machines of a module, in the order of their code."""
    clocking = nets.clocking(unit)
    enums = Enums(unit, nets.units)
    flops = Flops(unit, nets)
    effects = {effect for effects in clocking.resets.values() for effect in effects}
    at_rest = {effect.net: effect.level == "0" for effect in effects}
    hints = found_fsm.Hints(enums.of_variable, flops.takes, at_rest)
    machines = found_fsm.find_fsms(inlined(unit), frozenset(unit.values), hints)
    return tuple(_Machine(unit, clocking, enums, flops, machine).fsm() for machine in machines)


class _Machine:
    def __init__(
        self,
        unit: Unit,
        clocking: Clocking,
        enums: Enums,
        flops: Flops,
        machine: found_fsm.Fsm,
    ) -> None:
        self._unit = unit
        self._clocking = clocking
        self._enums = enums
        self._flops = flops
        self._machine = machine
        self._block = unit.reading.graph.nodes[machine.block]
        self._names = self._macro_names()

    def fsm(self) -> Fsm:
        unit, machine = self._unit, self._machine
        encodings = self._encodings()
        language = unit.reading.source.language
        transitions = tuple(
            Transition(
                self._name(step.source),
                self._name(step.target),
                all_of(step.conditions, language),
                unit.span(step.line or self._block.start_line),
            )
            for step in machine.transitions
        )
        states = tuple(
            State(
                self._name(state),
                encodings.get(state, ("", None))[0],
                self._place(state, encodings),
            )
            for state in machine.states
        )
        return Fsm(
            machine.register,
            machine.following,
            states,
            self._name(self._reset_state(encodings)),
            transitions,
            unit.span(self._block.start_line),
            self._block.end_line,
        )

    def _place(
        self, state: str, encodings: Mapping[str, tuple[str, SourceSpan | None]]
    ) -> SourceSpan:
        declared = encodings.get(state, ("", None))[1]
        if declared is not None:
            return declared
        if state.isdigit() and state not in self._names:
            return self._unit.span(self._entered(state) or self._block.start_line)
        word = re.compile(rf"(?<![\w'.]){re.escape(self._name(state))}\b", re.IGNORECASE)
        lines = self._unit.reading.lines
        block = range(self._block.start_line, self._block.end_line + 1)
        used = (line for line in block if line <= len(lines) and word.search(lines[line - 1]))
        return self._unit.span(next(used, self._block.start_line))

    def _entered(self, state: str) -> int:
        """The line that first gives a state without a name to the register; 0 if none tells."""
        given = (self._machine.register, self._machine.following)
        lines = [
            a.line
            for code in self._unit.codes.values()
            for a in code.assignments
            if a.name in given and spelling(a.value) == state
        ]
        lines += [step.line for step in self._machine.transitions if step.target == state]
        return next(filter(None, lines), 0)

    def _encodings(self) -> dict[str, tuple[str, SourceSpan | None]]:
        """State -> its encoding and where that stands."""
        found: dict[str, tuple[str, SourceSpan | None]] = {}
        for name, (value, span) in self._enums.encodings(
            self._machine.register, self._machine.states
        ).items():
            found[name] = value, span
        parameters = {n.name: n for n in self._unit.of_kind(Kind.PARAMETER).values()}
        for state in self._machine.states:
            node = parameters.get(state)
            if state not in found and node is not None:
                text = self._unit.reading.text(node)
                match = re.search(rf"\b{re.escape(state)}\b{_VALUE}", text)
                value = match[1].strip() if match else ""
                found[state] = value, self._unit.span(node.start_line)
            elif state not in found and state.isdigit():
                found[state] = state, None
        return found

    def _reset_state(self, encodings: Mapping[str, tuple[str, SourceSpan | None]]) -> str:
        machine = self._machine
        values = [
            *self._clocking.reset_values(machine.register),
            *self._flops.reset_values(machine.register),
        ]
        for value in values:
            if (state := self._state_of(value, encodings)) is not None:
                return state
        if machine.reset_state in machine.states:
            return machine.reset_state
        return self._in_a_macro() or self._at_power_up(encodings)

    def _in_a_macro(self) -> str:
        """The only state that a macro with the register in it names: `FF(q, d, IDLE, clk, rst)`."""
        text = self._unit.reading.text(self._unit.node)
        for inside in _MACRO_CALL.findall(text):
            words = set(_WORD.findall(inside))
            named = [state for state in self._machine.states if state in words]
            if self._machine.register in words and len(named) == 1:
                return named[0]
        return ""

    def _at_power_up(self, encodings: Mapping[str, tuple[str, SourceSpan | None]]) -> str:
        """The state that the register is declared with."""
        node = self._unit.values.get(self._machine.register)
        words = _WORD.findall(node.detail) if node is not None else []
        named = [state for state in self._machine.states if state in words]
        if len(named) == 1:
            return named[0]  # RegInit(sIdle)
        clocked = self._clocking.registers.get(self._machine.register, ())
        positions = {process.position for process in clocked}
        for at, code in self._unit.codes.items():
            for a in code.assignments if clocked and at not in positions else ():
                if a.name == self._machine.register and not a.conditions:
                    return self._state_of(a.value, encodings) or ""
        return ""

    def _state_of(
        self, value: Expr, encodings: Mapping[str, tuple[str, SourceSpan | None]]
    ) -> str | None:
        """The state that a register is in when it holds a value."""
        states = self._machine.states
        if value.op == "cast" and value.args:
            return self._state_of(value.args[0], encodings)
        if spelling(value) in states:
            return spelling(value)
        number = value_of(value)
        if number is None:
            return None
        by_value = {_number(encodings.get(state, ("", None))[0]): state for state in states}
        one_hot = any(
            a.name == machine_name and a.target.op == "[]"
            for code in self._unit.codes.values()
            for a in code.assignments
            for machine_name in (self._machine.following,)
        )
        if one_hot and number > 0 and number & (number - 1) == 0:
            return by_value.get(number.bit_length() - 1)
        return by_value.get(number)

    def _macro_names(self) -> dict[str, str]:
        """Number -> the macro that the code of the machine writes for it."""
        if self._unit.reading.source.language is Language.VHDL:
            return {}
        text = self._unit.reading.text(self._block)
        names = re.findall(r"`(\w+)\s*(?::(?!:)|,)", text)
        names += re.findall(rf"\b{re.escape(self._machine.following)}\s*<?=\s*`(\w+)", text)
        found: dict[str, str] = {}
        for name in dict.fromkeys(names):
            value = self._enums.macro(name)
            if value is not None and str(value) in self._machine.states:
                found.setdefault(str(value), name)
        return found if len(found) == len(self._machine.states) else {}

    def _name(self, state: str) -> str:
        return self._names.get(state, state)


def _number(text: str) -> int | None:
    match = _LITERAL.fullmatch(text.strip())
    return value_of(Expr("number", (), match[0])) if match else None
