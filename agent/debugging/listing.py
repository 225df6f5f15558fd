"""What of a design a model is shown: all of a small one, else what is around the suspects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hdlsmith.agent.localising.localisation import Suspect
from hdlsmith.design import Design

_WHOLE = 160
"""Lines of all files together up to which everything is shown."""
_AROUND = 6
_MOST = 240
_HEAD = 12


@dataclass(frozen=True)
class Listing:
    """One file; `…` stands where lines are left out."""

    path: str
    numbered: str


def listings(design: Design, suspects: Iterable[Suspect]) -> tuple[Listing, ...]:
    """The files that a model is shown, those with the first suspects first."""
    texts = {file.path: file.text.split("\n") for file in design.sources}
    if sum(map(len, texts.values())) <= _WHOLE:
        wanted = {path: set(range(1, len(lines) + 1)) for path, lines in texts.items()}
    else:
        wanted = _around(suspects) or {p: set(range(1, _MOST)) for p in list(texts)[:1]}
    return tuple(
        Listing(path, "\n".join(_numbered(texts[path], lines))) for path, lines in wanted.items()
    )


def _around(suspects: Iterable[Suspect]) -> dict[str, set[int]]:
    wanted: dict[str, set[int]] = {}
    for suspect in suspects:
        if sum(map(len, wanted.values())) >= _MOST:
            break
        lines = wanted.setdefault(suspect.path, set(range(1, _HEAD + 1)))
        lines.update(range(max(1, suspect.line - _AROUND), suspect.line + _AROUND + 1))
    return wanted


def _numbered(lines: list[str], wanted: set[int]) -> Iterator[str]:
    before = 0
    for number in sorted(n for n in wanted if n <= len(lines)):
        if number != before + 1:
            yield "…"
        if number < len(lines) or lines[-1]:
            yield f"{number:4d}  {lines[number - 1]}".rstrip()
        before = number
    if before < len(lines) - 1:
        yield "…"
