"""Claims against the source: each is confirmed, refuted, or said to be beyond what rules can check.

A claim falls if it names what the module does not have, cites a line that is not there or holds
none of its names, or states a fact that the graph denies. Facts are taken from the claim's form
and, where the sentence says one in so many words, from the sentence too, so that a false one can't
hide behind the kind `none`.
"""

import re
from collections.abc import Iterable, Iterator

from hdlsmith.agent.explaining.claims import Checked, Claim, Fact, FactKind, Verdict
from hdlsmith.agent.explaining.facts import look_up
from hdlsmith.agent.explaining.ground import Ground
from hdlsmith.agent.explaining.sayings import facts_in

_CODE = re.compile(r"`([^`]+)`")
_SNAKE = re.compile(r"(?<![\w.$`/])[A-Za-z]\w*_\w*(?![\w`/])")
_STATE = re.compile(r"\b([A-Z][A-Z0-9]{2,}) state\b|\bstate (?!FSM\b)([A-Z][A-Z0-9]{2,})\b")
_LINE = re.compile(r"\blines? (\d+)(?:(?: ?[-–] ?| to | and )(\d+))?", re.IGNORECASE)  # noqa: RUF001
_PATH_LINE = re.compile(r"(?<![\w./+-])[\w./+-]*\w\.\w{1,5}:\d{1,7}\b")
_CITE = re.compile(
    r"\[?(?:(?:lines? |L)|(?P<path>\S+):)?(?P<first>\d{1,7})(?:-(?P<last>\d{1,7}))?\]?"
)
_LONGEST_RANGE = 400


def check_all(claims: Iterable[Claim], ground: Ground) -> tuple[Checked, ...]:
    """Each claim with what the source says of it, in order."""
    return tuple(check(claim, ground) for claim in claims)


def check(claim: Claim, ground: Ground) -> Checked:
    """What the source says of a claim."""
    try:
        if unknown := unknown_names(claim.text, ground):
            module = ground.anatomy.module
            raise _RefutedError(f"there is no `{unknown[0]}` in `{module}`")
        places = tuple(dict.fromkeys(_cited(claim, ground)))
        findings = [(fact, look_up(fact, ground)) for fact in _facts(claim, ground)]
        for _, finding in findings:
            if finding.holds is False:
                raise _RefutedError(finding.why)
        confirmed = [f for fact, f in findings if f.holds and _is_told(fact, claim.text)]
        places = places or tuple(f.at for f in confirmed if f.at)
        if not places:
            raise _RefutedError("it cites no line")
    except _RefutedError as refuted:
        return Checked(claim, Verdict.REFUTED, str(refuted))
    if confirmed:
        return Checked(claim, Verdict.CONFIRMED, confirmed[0].why, places)
    return Checked(claim, Verdict.UNCHECKED, "no rule can check what it says", places)


def names_of(claim: Claim) -> tuple[str, ...]:
    """The names a claim is about: its code, and those of the fact it states."""
    stated = (claim.fact.name, claim.fact.other) if claim.fact.kind is not FactKind.NONE else ()
    bare = (match[0] for match in _SNAKE.finditer(_unquoted(claim.text)))
    found = (*_CODE.findall(claim.text), *bare, *stated)
    return tuple(dict.fromkeys(filter(None, found)))


class _RefutedError(Exception):
    """Says why."""


def unknown_names(text: str, ground: Ground) -> list[str]:
    """What a text calls by name and the module does not have: code, words with an underscore, and
    states in capitals.
    """
    plain = _unquoted(text)
    named = [*_CODE.findall(text), *_SNAKE.findall(plain)]
    named += [first or second for first, second in _STATE.findall(plain)]
    return [name for code in named for name in ground.unknown_in(_PATH_LINE.sub(" ", code))]


def _unquoted(text: str) -> str:
    return _PATH_LINE.sub(" ", _CODE.sub(" ", text))


def _cited(claim: Claim, ground: Ground) -> Iterator[str]:
    """The places that a claim stands on: those it cites, and those its sentence speaks of."""
    names = names_of(claim)
    told = [f"{first}-{last}" if last else first for first, last in _LINE.findall(claim.text)]
    for cite in (*claim.cites, *told, *_PATH_LINE.findall(claim.text)):
        match = _CITE.fullmatch(cite)
        if match is None:
            raise _RefutedError(f"it cites {cite!r}, which is no line")
        if match["path"] and not f"/{ground.path}".endswith(f"/{match['path']}"):
            raise _RefutedError(f"it cites {cite}, which is not the file of the module")
        first, last = int(match["first"]), int(match["last"] or match["first"])
        if ground.line(first) is None or ground.line(last) is None or last < first:
            raise _RefutedError(
                f"there is no line {cite} in the module, which stands in lines "
                f"{ground.first_line} to {ground.last_line}"
            )
        lines = range(first, min(last, first + _LONGEST_RANGE) + 1)
        if names and not any(ground.holds(line, name) for line in lines for name in names):
            raise _RefutedError(f"line {cite} holds none of its names: {', '.join(names)}")
        yield ground.place(first)


def _facts(claim: Claim, ground: Ground) -> Iterator[Fact]:
    """The fact that a claim states, and those that its sentence says."""
    if claim.fact.kind is not FactKind.NONE:
        yield claim.fact
    yield from facts_in(claim.text, ground)


def _is_told(fact: Fact, text: str) -> bool:
    """Whether a sentence speaks of the names of a fact: else it says something else."""
    bare = text.replace("`", "")
    return all(
        re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", bare, re.IGNORECASE)
        for name in (fact.name, *((fact.other,) if fact.kind in _NAMES_OTHER else ()))
        if name
    )


_NAMES_OTHER = (FactKind.TRANSITION, FactKind.DRIVER, FactKind.READER, FactKind.INSTANCE)
