"""One hypothesis of a model: what it takes for the cause, its edit, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum

from hdlsmith.agent.debugging.edits import Replacement
from hdlsmith.agent.models import Usage


class Fate(StrEnum):
    """What became of an edit."""

    KEPT = "kept"
    ROLLED_BACK = "rolled back"
    REFUSED = "refused"


@dataclass(frozen=True)
class Hypothesis:
    """
    Attributes:
        answer: what the model said, as it said it.
        fate: None while it has not been tried.
        because: why it met that fate.
        edits: none where the answer could not be read.
        patch: what it changed in the version before it, slips mended by rule included.
    """

    number: int
    answer: str
    usage: Usage
    fate: Fate | None = None
    because: str = ""
    cause: str = ""
    edits: tuple[Replacement, ...] = ()
    patch: str = ""

    def __str__(self) -> str:
        return f"hypothesis {self.number} {self.fate or 'untried'}: {self.because}"
