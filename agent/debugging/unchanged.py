"""Which outputs a repair leaves as they were, proved: what was not broken must not change."""

import re
from dataclasses import dataclass, replace

from hdlsmith.agent.localising.bench import PREFIX
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.errors import InputError
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.formal.equivalence import EquivalenceChecker
from hdlsmith.sandbox.formal.proof import Proof

_TOP = f"{PREFIX}shown"
_DEPTH = 30
_MOST_PROOFS = 12
_DIFFERS = re.compile(r"^(\w+) is ")


@dataclass(frozen=True)
class Unchanged:
    """What is known of the outputs before and after a repair.

    Attributes:
        proved: whatever the inputs do, for ever, they are what they were.
        repaired: they were seen wrong before, and are no longer.
        differ: others that were refuted to be what they were.
        unknown: neither was found out.
        why: what kept it from being found out; empty where nothing did.
    """

    proved: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        parts = (
            _said(self.proved, "proved unchanged"),
            _said(self.repaired, "changed as intended"),
            _said(self.differ, "changed too"),
            _said(self.unknown, f"not proved unchanged ({self.why})"),
        )
        return "; ".join(part for part in parts if part)


def compare_outputs(
    before: Design, after: Design, dut: str, repaired: tuple[str, ...], checker: EquivalenceChecker
) -> Unchanged:
    """Prove output by output whether a repair changed it.

    Those that were not seen wrong are proved together; each that turns out to differ is taken out,
    and the rest is proved again.

    Args:
        repaired: outputs that were seen wrong before, and are no longer.

    Raises:
        SandboxError: the sandbox failed, not the design.
    """
    ports = elaborate(replace(before, top=dut)).ports
    outputs = [p.name for p in ports if p.direction is Direction.OUTPUT]
    left = [name for name in outputs if name not in repaired]
    differ: list[str] = []
    why = "too many outputs to try"
    for _ in range(_MOST_PROOFS):
        if not left:
            break
        try:
            a, b = (_showing(side, dut, ports, left) for side in (before, after))
            found = checker.compare(a, b, _DEPTH)
        except InputError as error:
            why = error.message
            break
        if found.proof is Proof.PROVEN:
            return Unchanged(tuple(left), repaired, tuple(differ))
        other = _DIFFERS.match(found.evidence) if found.proof is Proof.REFUTED else None
        if other is None:
            why = found.evidence
            break
        differ.append(other[1])
        left.remove(other[1])
    return Unchanged((), repaired, tuple(differ), tuple(left), why if left else "")


def _showing(design: Design, dut: str, ports: tuple[Port, ...], outputs: list[str]) -> Design:
    """The design below a module that shows these outputs alone."""
    shown = [p for p in ports if p.direction is not Direction.OUTPUT or p.name in outputs]
    header = ", ".join(f"{p.direction} [{p.width_bits - 1}:0] {p.name}" for p in shown)
    ends = ", ".join(f".{p.name}({p.name})" for p in shown)
    text = f"module {_TOP}({header});\n  {dut} inside ({ends});\nendmodule\n"
    file = SourceFile(f"{_TOP}.sv", text, Language.SYSTEMVERILOG)
    return replace(design, files=(*design.files, file), top=_TOP)


def _said(names: tuple[str, ...], what: str) -> str:
    return f"output{'s' if len(names) > 1 else ''} {', '.join(names)} {what}" if names else ""
