"""Whether a PASS stands when nothing of the testbench's can be reached by name.

The tamper guard reads a design by one parser and the simulator by another, and a design may be
written for the gap between them. So a design that has macros, or that names anything of the
testbench's, must pass once more with its macros expanded in isolation and with those names
changed to ones that it can't know. An honest design does not notice.
"""

import re
from collections.abc import Callable, Set

from hdlsmith.design import SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.guard import MAX_CHARS, Surroundings, reasons, uses_macros, violations
from hdlsmith.sandbox.results import Outcome
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.sandbox.workspace import read_bounded

_DESIGN = "dut.sv"
_EXPANDED = "expanded.sv"

Again = Callable[[str, frozenset[str]], tuple[Outcome, str]]
"""Simulates a design's text with those names changed in all that surrounds it."""


def second_look(
    icarus: Icarus, design: str, top: str, around: Surroundings, ports: Set[str], again: Again
) -> str:
    """Why a PASS does not stand; empty where it does.

    Args:
        design: the whole source, which the guard has let through.
        top: the module that the testbench instantiates.
        ports: names that both sides share by right.
        again: runs the simulation once more; called only where there is a doubt.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    text = design
    if uses_macros(design):
        text = _expanded(icarus, design)
        if not text:
            return "it can't be preprocessed without the testbench"
        if found := violations(text, top, around, expanded=True):
            return reasons(found)
        if text.strip() == design.strip():  # its backticks stand in comments
            text = design
    named = around.named_in(text) - ports
    if text is design and not named:
        return ""
    outcome, because = again(text, named)
    if outcome is Outcome.PASS:
        return ""
    return f"passes only with the testbench's own macros and names: {because}"


def renamed(text: str, names: Set[str], nonce: str) -> str:
    """A source with those names changed to ones that nobody can guess."""
    return re.sub(rf"\b({'|'.join(names)})\b", rf"\1_{nonce}", text) if names else text


def _expanded(icarus: Icarus, design: str) -> str:
    """The design after the simulator's preprocessor, whose reading is the one that counts; read
    alone, so that no macro leaks in from the testbench or out into it. Empty where that fails."""
    with icarus.workspace() as workspace:
        workspace.write((SourceFile(_DESIGN, design, Language.SYSTEMVERILOG),))
        run = icarus.compile(workspace, ["-g2012", "-E", "-o", _EXPANDED, _DESIGN])
        if not run.ok:
            return ""
        # More than MAX_CHARS is refused, however much more; a character has four bytes at most.
        text = read_bounded(workspace.path / _EXPANDED, 4 * (MAX_CHARS + 1))
    return re.sub(r"^`line\b.*$", "", text, flags=re.MULTILINE)
