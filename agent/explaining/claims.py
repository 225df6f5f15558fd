"""Claims about a module, as a model states them: a sentence, the lines it cites, and one fact.

The form is flat, so that a weak model can fill it in; what is broken in it is left out.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hdlsmith.agent.answer_schema import record_schema


class FactKind(StrEnum):
    """What a fact says of `name`; `other` and `value` may be empty."""

    PORT = "port"
    """A port; `other` is its direction, `value` its width in bits."""
    STATE = "state"
    """A state of an FSM; `other` is the register that holds it."""
    TRANSITION = "transition"
    """A state, from which the state `other` can be entered."""
    DRIVER = "driver"
    """A net, assigned from `other` or by the instance `other`; `value` is the line."""
    READER = "reader"
    """A net, which the net or instance `other` depends on."""
    INSTANCE = "instance"
    """An instance of the module `other`."""
    PARAMETER = "parameter"
    """A parameter; `value` is its default."""
    CLOCK = "clock"
    """A clock; `other` is its edge, `rising` or `falling`."""
    RESET = "reset"
    """A reset; `value` is the level that resets, `0` or `1`."""
    LINE = "line"
    """A name; `value` is a line that holds it."""
    WIDTH = "width"
    """A port or signal; `value` is its width in bits."""
    COUNT = "count"
    """What there are `value` of: `inputs`, or `states` of the register `other`."""
    NONE = "none"
    """Nothing that the source could tell."""


@dataclass(frozen=True)
class Fact:
    """What of a claim can be checked; see `FactKind`."""

    kind: FactKind
    name: str = ""
    other: str = ""
    value: str = ""


@dataclass(frozen=True)
class Claim:
    """
    Attributes:
        cites: as the model wrote them: `57`, `57-60` or `rtl/fifo.sv:57`.
    """

    text: str
    cites: tuple[str, ...]
    fact: Fact


class Verdict(StrEnum):
    """What the source says of a claim."""

    CONFIRMED = "confirmed"
    """The fact it states is one."""
    UNCHECKED = "unchecked"
    """Its names and lines are there; what it says of them no rule can check."""
    REFUTED = "refuted"
    """Something in it is wrong: it is shown to nobody."""


@dataclass(frozen=True)
class Checked:
    """A claim with what came of it.

    Attributes:
        why: what refuted or confirmed it.
        places: `path:line` that it stands on; of a refuted one none.
    """

    claim: Claim
    verdict: Verdict
    why: str
    places: tuple[str, ...] = ()


_ASKED = [kind for kind in FactKind if kind not in (FactKind.WIDTH, FactKind.COUNT)]
"""What a model may state; the others are read in its sentences."""
_TEXT = {"type": "string"}
_CLAIM = record_schema(
    text=_TEXT,
    cites={"type": "array", "items": _TEXT},
    kind={"type": "string", "enum": _ASKED},
    name=_TEXT,
    other=_TEXT,
    value=_TEXT,
)
SCHEMA = record_schema(claims={"type": "array", "items": _CLAIM})
"""What a model must answer."""

_TEXT_CHARS = 600
_WHOLE_CLAIM = re.compile(r"\{[^{}]*\}")


def claims_in(answer: str, most: int) -> tuple[Claim, ...]:
    """The claims of a model's answer, at most so many; of one that was cut off the whole ones."""
    try:
        said = json.loads(answer)
        found = said["claims"]
    except (ValueError, KeyError, TypeError):
        found = [record for text in _WHOLE_CLAIM.findall(answer) if (record := _object(text))]
    claims = [_claim(record) for record in found if isinstance(record, dict)]
    return tuple(dict.fromkeys(claim for claim in claims if claim.text))[:most]


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _claim(record: dict[str, Any]) -> Claim:
    cites = record.get("cites")
    kind = str(record.get("kind", ""))
    name, other, value = (_plain(record.get(key)) for key in ("name", "other", "value"))
    return Claim(
        " ".join(str(record.get("text", "")).split())[:_TEXT_CHARS],
        tuple(map(_plain, cites)) if isinstance(cites, list) else (),
        Fact(FactKind(kind) if kind in _ASKED else FactKind.NONE, name, other, value),
    )


def _plain(value: object) -> str:
    return "" if value is None else " ".join(str(value).replace("`", "").split())
