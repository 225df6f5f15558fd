"""A model's answer as edits: a piece of text that stands in the design, and what replaces it.

A piece is found again whatever its blanks are, so that a model need not copy those exactly; of
several places the one nearest to the line that it names. What is not found is refused, never
guessed.
"""

import json
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from hdlsmith.agent.answer_schema import record_schema
from hdlsmith.agent.mending.source import Edit, edited
from hdlsmith.design import Design

_MOST_EDITS = 4
_LONGEST = 2000
_LINE_NUMBER = re.compile(r"^ *\d+  ?", re.MULTILINE)
_PIECE = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Replacement:
    """One edit as a model says it.

    Attributes:
        line: where `old` begins, from 1; as the model counts.
    """

    path: str
    line: int
    old: str
    new: str


@dataclass(frozen=True)
class Proposed:
    """A hypothesis: what is wrong, and the edits that would mend it."""

    cause: str
    edits: tuple[Replacement, ...]


class RefusedError(Exception):
    """An answer that is no edit of this design; its text says why, for the model too."""


def schema(design: Design) -> dict[str, Any]:
    """The JSON that is asked for: the cause first, so that it is thought of before the edit."""
    edit = record_schema(
        path={"type": "string", "enum": [file.path for file in design.sources]},
        line={"type": "integer"},
        old={"type": "string"},
        new={"type": "string"},
    )
    edits = {"type": "array", "minItems": 1, "maxItems": _MOST_EDITS, "items": edit}
    return record_schema(cause={"type": "string"}, edits=edits)


def parse(answer: str) -> Proposed:
    """Read a model's answer.

    Raises:
        RefusedError: it is not the JSON that was asked for.
    """
    try:
        said = json.loads(answer[answer.index("{") : answer.rindex("}") + 1])
        edits = tuple(
            Replacement(str(e["path"]), int(e["line"]), str(e["old"]), str(e["new"]))
            for e in said["edits"]
        )
        cause = str(said["cause"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedError("the answer is not the JSON that was asked for") from error
    if not 1 <= len(edits) <= _MOST_EDITS:
        raise RefusedError(f"{len(edits)} edits; 1 to {_MOST_EDITS} were asked for")
    return Proposed(" ".join(cause.split()), edits)


def apply(design: Design, proposed: Proposed) -> Design:
    """The design with the edits made.

    Raises:
        RefusedError: an edit is of no file under test, does not apply, or changes nothing.
    """
    files = {file.path: file for file in design.sources}
    edits: dict[str, list[Edit]] = {}
    for one in proposed.edits:
        if one.path not in files:
            raise RefusedError(f"{one.path} is not under test")
        edits.setdefault(one.path, []).append(_edit(files[one.path].text, one))
    for path, found in edits.items():
        ordered = sorted(found)
        if any(a.end > b.start for a, b in pairwise(ordered)):
            raise RefusedError("the edits overlap")
        files[path] = replace(files[path], text=edited(files[path].text, *found))
    changed = replace(design, files=tuple(files.get(f.path, f) for f in design.files))
    if _words(changed) == _words(design):
        raise RefusedError("the edit changes nothing")
    return changed


def _edit(text: str, one: Replacement) -> Edit:
    if max(len(one.old), len(one.new)) > _LONGEST:
        raise RefusedError("the edit is longer than a small edit can be")
    old, new = _unnumbered(one.old), _unnumbered(one.new)
    pieces = _PIECE.findall(old)
    if not pieces:
        raise RefusedError("`old` is empty: copy the text that is to be replaced")
    found = list(re.finditer(_pattern(pieces), text))
    if not found:
        raise RefusedError(f"`{' '.join(old.split())[:80]}` does not stand in {one.path}")
    lines = ((abs(text.count("\n", 0, m.start()) + 1 - one.line), m.start(), m) for m in found)
    nearest = min(lines, key=lambda place: place[:2])[2]
    return Edit(nearest.start(), nearest.end(), new.strip())


def _pattern(pieces: list[str]) -> str:
    """These words and signs in this order, with any blanks between them."""
    parts = [re.escape(pieces[0])]
    for before, piece in pairwise(pieces):
        both_words = re.match(r"\w", before) and re.match(r"\w", piece)
        parts.append((r"\s+" if both_words else r"\s*") + re.escape(piece))
    start = r"(?<!\w)" if re.match(r"\w", pieces[0]) else ""
    end = r"(?!\w)" if re.match(r"\w", pieces[-1]) else ""
    return start + "".join(parts) + end


def _unnumbered(text: str) -> str:
    """Without the line numbers that a model copied from the listing."""
    lines = [line for line in text.split("\n") if line.strip()]
    numbered = lines and all(_LINE_NUMBER.match(line) for line in lines)
    bare = bool(re.fullmatch(r"\s*\d+\s*", text))  # a number that is the code
    return _LINE_NUMBER.sub("", text) if numbered and not bare else text


def _words(design: Design) -> list[list[str]]:
    return [_PIECE.findall(file.text) for file in design.files]
