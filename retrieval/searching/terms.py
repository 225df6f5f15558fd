"""Words and names of a question."""

import re
from functools import lru_cache
from typing import NamedTuple

from hdlsmith.retrieval.abbreviations import words_of

MAX_TERMS = 48
"""A question of more words is a pasted text; its first words say what it is about."""

_NAME = re.compile(r"[^\W\d][\w$]*(?:(?:\.|::)[^\W\d][\w$]*)*")
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


class Terms(NamedTuple):
    """What a question's text consists of.

    Attributes:
        names: what is spelled as code is (`clk_i`, `u_fifo.wr_ptr`, `FifoCtrl`), as spelled.
        words: lower-case words without stop words, short forms written out, in order, once each.
    """

    names: tuple[str, ...]
    words: tuple[str, ...]


def terms_of(text: str) -> Terms:
    """Take a question apart; whatever is no letter, digit or underscore only separates."""
    names: dict[str, None] = {}
    words: dict[str, None] = {}
    for spelled in map(re.Match.group, _NAME.finditer(text)):
        if _CODE_LIKE.search(spelled):
            names[spelled.replace("::", ".")] = None
        written_out = words_of(spelled).split() if spelled.isascii() else ()
        said = (*parts_of(spelled), *written_out)
        words.update((word, None) for word in said if word not in _STOP_WORDS)
        if len(words) >= MAX_TERMS:
            break
    kept = {stem(word): word for word in reversed(words) if len(word) > 1}
    return Terms(tuple(names), tuple(reversed(kept.values()))[:MAX_TERMS])


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
