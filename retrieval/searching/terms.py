"""Words and names of a question."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from hdlsmith.retrieval.abbreviations import words_of
from hdlsmith.retrieval.nodes import Kind

MAX_TERMS = 48
"""A question of more words is a pasted text; its first words say what it is about."""

_MOST_NAMING = 1000
"""Characters in which plain words are looked at as names."""

_NAME = re.compile(r"[^\W\d][\w$]*(?:(?:\.|::)[^\W\d][\w$]*)*|\b\d+\b")
_PARTS = re.compile(r"[A-Z]+(?![^\W\dA-Z_])|[^\W\d_](?:(?![A-Z])[^\W\d_])*|\d+")
_CODE_LIKE = re.compile(r"_|[.:$]|\d|[a-z][A-Z]")

_STOP_WORDS = frozenset(
    word
    for line in """
    a about all also an and any are as at be because been being between both but by can could did
    do does doing done each either else etc eg for from get gets had has have having here how i ie
    if in into is it its itself just like may might more most must need needs no nor not of on one
    only onto or other our out over own per same shall should so some such than that the their them
    then there these they this those through thus to too under until up upon us use used uses using
    very via was we were what when where whether which while who whose why will with within without
    would you your
    block code logic module signal
    """.splitlines()
    for word in line.split()
)


_PLAIN_NAMES = (
    re.compile(r"[`'\"]([^\W\d]\w*)[`'\"]"),
    re.compile(
        r"\b(?:module|interface|entity|instance(?:\sof)?|signal|port|wire|net)\s(?=([^\W\d]\w+))",
        re.I,
    ),
    re.compile(r"\b([^\W\d]\w+)(?=\s(?:module|interface|entity|instance)\b)", re.I),
)
"""Where a plain word is said to be a name: `busy`, the signal busy, the decoder module."""

_SPACED = re.compile(r"(?<!\S)(?=((?:[^\W\d]\w*\s){1,3}[b-hj-z]\b))")
"""A name that is spelled without its underscores: state q."""

_KINDS = (
    (r"always(?:_\w+|\sblocks?|\s@)|(?:a|the|which|what)\sprocess", (Kind.PROCESS,)),
    (r"assign(?:ment)?", (Kind.ASSIGN,)),
    (r"(?<!for\s)inst(?:ances?|antiat\w+)", (Kind.INSTANCE,)),
    (r"ports?|inputs?|outputs?|inout", (Kind.PORT,)),
    (r"signals?|wires?|nets?|registers?|regs?", (Kind.PORT, Kind.SIGNAL)),
    (r"parameters?|localparams?|constants?", (Kind.PARAMETER,)),
)
_SAID_KINDS = tuple((re.compile(rf"\b(?:{said})(?!\w)", re.I), kinds) for said, kinds in _KINDS)
"""Words that tell the kind of node that is asked for."""


class Terms(NamedTuple):
    """What a question's text consists of.

    Attributes:
        names: what is spelled as code is (`clk_i`, `FifoCtrl`) or said to be a name, as spelled; of
            a dotted path the last two.
        words: lower-case words without stop words, short forms written out, in order, once each.
        kinds: those that the question speaks of, one entry a kind of word.
    """

    names: tuple[str, ...]
    words: tuple[str, ...]
    kinds: tuple[tuple[Kind, ...], ...]


def terms_of(text: str) -> Terms:
    """Take a question apart; whatever is no letter, digit or underscore only separates."""
    names: dict[str, None] = {}
    words: dict[str, None] = {}
    for spelled in map(re.Match.group, _NAME.finditer(text)):
        if _CODE_LIKE.search(spelled) and not spelled.isdecimal():
            names.update((name, None) for name in spelled.replace("::", ".").split(".")[-2:])
        written_out = words_of(spelled).split() if spelled.isascii() else ()
        said = (*parts_of(spelled), *written_out)
        words.update((word, None) for word in said if word not in _STOP_WORDS)
        if len(words) >= MAX_TERMS:
            break
    names.update((name, None) for name in _called(text[:_MOST_NAMING]))
    kept = {stem(word): word for word in reversed(words) if len(word) > 1}
    kinds = tuple(kinds for said, kinds in _SAID_KINDS if said.search(text))
    return Terms(tuple(names)[:MAX_TERMS], tuple(reversed(kept.values()))[:MAX_TERMS], kinds)


def _called(text: str) -> Iterator[str]:
    """Names that are spelled as plain words are."""
    for called in _PLAIN_NAMES:
        yield from (name for name in called.findall(text) if name.lower() not in _STOP_WORDS)
    yield from ("_".join(spaced.split()) for spaced in _SPACED.findall(text))


def parts_of(name: str) -> list[str]:
    """The words a name is made of: `wrPtr_q` is wr, ptr; single letters and stop words go."""
    parts = (part.lower() for part in _PARTS.findall(name))
    return [part for part in parts if len(part) > 1 and part not in _STOP_WORDS]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word without its inflection: counts, counted and counting are one."""
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word
