"""Taking the names out of a question, so that only what the code does can answer it."""

import re
from collections.abc import Set

from hdlsmith.benchmarks.hdl_search.comments import STOP_WORDS
from hdlsmith.benchmarks.hdl_search.nodes_of_code import CodeNode

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_ENDINGS = re.compile(r"(?<=\w{3})(?:ings?|ed|es|s|e|er|ers|or|ors)$")
_TARGET = re.compile(r"([A-Za-z_]\w*)\s*(?:\[[^\]\n]*\]\s*|\.\w+\s*)*(?:<=|(?<![=!<>])=(?![=>]))")
_MIN_PART = 3
_KEYWORDS = frozenset(
    word
    for line in """
    access all always and array assert assign assume begin block buffer bus case class component
    const constant cover default edge else end entity event file final for force function generate
    generic if import in initial inout input integer interface is label map module not of on or
    out output package parameter port process program property range real record reg register
    release repeat report select sequence signal static string struct table task time to type
    units variable wait while wire
    """.splitlines()
    for word in line.split()
)
"""Words of the languages that are English too: no identifier, so they stay."""


def words_of(identifier: str) -> list[str]:
    """`wrPtr_next` -> `wr`, `ptr`, `next`."""
    return [part.lower() for part in _PART.findall(identifier)]


def identifiers_in(code: str) -> set[str]:
    """All names in code in lower case."""
    return {name.lower() for name in _IDENTIFIER.findall(code)} - _KEYWORDS


def masked(question: str, node: CodeNode, code: str, known: Set[str]) -> str:
    """The question without the identifiers of its answer.

    A word is taken out when it is

    1. an identifier that stands in the answer's code, in any case, or the name of its module;
    2. a part of a name that the answer is known by (its own, its module's, those it drives), up
       to the word's ending: `pointers` goes with `wr_pointer_q`; parts of one or two letters and
       function words stay;
    3. written like an identifier (`rs1_addr`, `dataReady`), and one of the tree, or with a part
       by rule 2.

    Args:
        code: the answer's code; of a module, its header and declarations as well.
        known: every identifier of the tree in lower case.
    """
    whole = identifiers_in(code) | {node.name.lower(), node.module.lower()}
    whole -= STOP_WORDS
    naming = {node.name, node.module}
    if node.group == "block":
        naming.update(_TARGET.findall(code))
    parts = {
        _stem(part)
        for name in naming
        for part in words_of(name)
        if len(part) >= _MIN_PART and part not in STOP_WORDS
    }

    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        pieces = {_stem(part) for part in words_of(word)}
        written_as_name = "_" in word or not (word[1:].islower() or word.isupper() or not word[1:])
        gone = (
            word.lower() in whole
            or _stem(word.lower()) in parts
            or (written_as_name and (word.lower() in known or pieces & parts))
        )
        return "" if gone else word

    left = _IDENTIFIER.sub(replaced, question)
    return " ".join(re.sub(r"[`'\"]{2}|\(\s*\)|\[[\s\d:]*\]", " ", left).split())


def _stem(word: str) -> str:
    return _ENDINGS.sub("", word)
