"""Proofs as plain data, for `--json`, and as text for a terminal."""

from collections.abc import Iterator
from typing import Any

from hdlsmith.sandbox.formal.proof import Counterexample, Proof, ProofResult

_MOST_STEPS = 40
_WIDEST_BINARY = 8


def proof_record(result: ProofResult) -> dict[str, Any]:
    """A result as JSON data; values are bit strings, most significant bit first."""
    example = result.counterexample
    return {
        "subject": result.subject,
        "path": result.span.path if result.span else None,
        "line": result.span.line if result.span else None,
        "proof": result.proof,
        "evidence": result.evidence,
        "method": result.method or None,
        "bound": result.bound,
        "counterexample": example
        and {
            "signals": list(example.signals),
            "steps": [list(step) for step in example.steps],
            "wrong_step": example.wrong_step,
            "starts": dict(example.starts),
        },
    }


def render_proof(result: ProofResult) -> str:
    """One line, and a table of the counterexample below it."""
    place = f"{result.span}: " if result.span else ""
    subject = f"{result.subject}: " if result.subject else ""
    how = f" ({result.method})" if result.method else ""
    bound = f", no violation within {result.bound} steps" if result.bound else ""
    line = f"{place}{result.proof.upper()} {subject}{result.evidence}{how}"
    if result.proof is Proof.UNKNOWN:
        line += bound
    return "\n".join([line, *(_table(result.counterexample) if result.counterexample else ())])


def _table(example: Counterexample) -> Iterator[str]:
    if example.starts:
        yield "  at the start: " + ", ".join(f"{n} = {_shown(v)}" for n, v in example.starts)
    shown = list(enumerate(example.steps))[-_MOST_STEPS:]
    if skipped := len(example.steps) - len(shown):
        yield f"  ({skipped} steps before these are in --json and --waves)"
    rows = [("step", *example.signals)]
    rows += [(str(number), *(_shown(value) for value in step)) for number, step in shown]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        mark = ">" if row[0] == str(example.wrong_step) else " "
        yield f" {mark}" + "  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True))


def _shown(bits: str) -> str:
    """Short values in binary; long ones in hexadecimal, a digit with unknown bits as x."""
    if len(bits) <= _WIDEST_BINARY:
        return bits
    padded = bits.rjust(-(-len(bits) // 4) * 4, "0")
    nibbles = (padded[i : i + 4] for i in range(0, len(padded), 4))
    return "h" + "".join(f"{int(n, 2):x}" if set(n) <= {"0", "1"} else "x" for n in nibbles)
