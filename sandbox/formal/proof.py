"""What a proof attempt yields. Proven, refuted and unknown are different answers."""

from dataclasses import dataclass
from enum import StrEnum

from hdlsmith.design import SourceSpan


class Proof(StrEnum):
    """The closed set of answers."""

    PROVEN = "proven"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Counterexample:
    """Values, step by step, that lead to a violation.

    Attributes:
        signals: names of the inputs, and of the outputs where the simulation told them.
        steps: a bit string a signal at the end of each step, most significant bit first.
        wrong_step: where it goes wrong, counted from 0.
        starts: what registers without an initial value hold at the start.
    """

    signals: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]
    wrong_step: int
    starts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ProofResult:
    """One judged property.

    Attributes:
        evidence: the fact that the answer rests on, for a human.
        method: the engine that gave it; empty where none got to work.
        bound: steps from the start that hold no violation; None where they were not searched.
        counterexample: seen in a simulation too where REFUTED; else what an engine claims.
        subject: the assertion's name, or what was compared.
        span: where the assertion stands.

    Raises:
        ValueError: REFUTED without a counterexample, or PROVEN by no method.
    """

    proof: Proof
    evidence: str
    method: str = ""
    bound: int | None = None
    counterexample: Counterexample | None = None
    subject: str = ""
    span: SourceSpan | None = None

    def __post_init__(self) -> None:
        if self.proof is Proof.REFUTED and not self.counterexample:
            raise ValueError("REFUTED needs a counterexample")
        if self.proof is Proof.PROVEN and not self.method:
            raise ValueError("PROVEN needs the method that proved it")


EXIT_CODES = {Proof.PROVEN: 0, Proof.REFUTED: 1, Proof.UNKNOWN: 4}


def overall(results: tuple[ProofResult, ...]) -> Proof:
    """REFUTED if any is, PROVEN if all are and there is one at all, else UNKNOWN."""
    answers = {result.proof for result in results}
    if Proof.REFUTED in answers:
        return Proof.REFUTED
    return Proof.PROVEN if answers == {Proof.PROVEN} else Proof.UNKNOWN
