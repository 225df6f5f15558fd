"""Designs against the examples that their request states; the tools say what each one does."""

import re
from collections.abc import Sequence

from hdlsmith.agent.consensus.together import Behaviour, simulate_together
from hdlsmith.agent.interface import clock_of
from hdlsmith.agent.stated.checked import Checked
from hdlsmith.agent.stated.examples import Examples, trials
from hdlsmith.agent.stated.karnaugh import examples_in_maps
from hdlsmith.agent.stated.references import bits_count_from_zero
from hdlsmith.agent.stated.tables import examples_in_tables
from hdlsmith.design import Design, Port
from hdlsmith.sandbox.simulation.icarus import Icarus

_MODULE = re.compile(r"\b(?i:(?:sub)?module)\s+([A-Z]\w*)\b")
"""`Module B`; a name in lower case could be any word."""

_CLOCK = re.compile("cl(?:oc)?k", re.IGNORECASE)


def examples_in(request: str, top: str, ports: tuple[Port, ...]) -> tuple[Examples, ...]:
    """All examples that a request states of a design with this name and these ports.

    None where it speaks of other modules too, as nothing says then whose a table is, or has clocks
    beside the one that we know; and no table that leaves out an input, as it may hold for some of
    its values alone.
    """
    if any(name != top for name in _MODULE.findall(request)):
        return ()
    clocks = {port.name for port in ports if _CLOCK.search(port.name)}
    if clocks - {clock_of(ports)} or not bits_count_from_zero(request):
        return ()
    found = (*examples_in_tables(request, ports), *examples_in_maps(request, ports))
    return tuple(one for one in found if one.speaks_of(one.inputs))


def check(design: Design, examples: Sequence[Examples], icarus: Icarus) -> Checked | None:
    """A design against all examples; None for one that can't be simulated.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    found = [(one, _wrong_rows(design, one, icarus)) for one in examples]
    known = [(one, wrong) for one, wrong in found if wrong is not None]
    if not known or len(known) < len(found):
        return None
    said = "; ".join(_said(one, wrong) for one, wrong in known)
    rows = sum(len(one.rows) for one, _ in known)
    return Checked(rows, sum(len(wrong) for _, wrong in known), said)


def _wrong_rows(design: Design, examples: Examples, icarus: Icarus) -> tuple[int, ...] | None:
    """The rows that it contradicts, in the reading that suits it best."""
    read = [
        trial.wrong_rows(shown.samples)
        for trial in trials(examples)
        for shown in simulate_together([design], trial.stimuli, icarus)
        if isinstance(shown, Behaviour)
    ]
    return min(read, key=len, default=None)


def _said(examples: Examples, wrong: tuple[int, ...]) -> str:
    total = len(examples.rows)
    if not wrong:
        return f"{examples.notation} of the request: all {total} rows hold"
    return (
        f"{examples.notation} of the request: {len(wrong)} of {total} rows contradicted, "
        f"row {wrong[0] + 1} first"
    )
