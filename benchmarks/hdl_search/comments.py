"""Comments of HDL files, and which of them are prose that says what code does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hdlsmith.languages import Language

# A string is matched, and passed over, so that a `//` in it starts no comment.
_STRINGS_AND_COMMENTS = {
    "vhdl": re.compile(rb'"[^"\n]*"|--[^\n]*|/\*.*?\*/', re.S),
    "verilog": re.compile(rb'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.S),
}
_MARKS = re.compile(r"^\s*(?:/\*+!?|//+[!<]*|--+[!<]?|\*+(?!/))?<?\s?|\s*(?:\*+/|//+|--+|\*+)?\s*$")
_BANNER = re.compile(r"[^A-Za-z0-9]*$|(.)\1{5,}")
_LABEL = re.compile(r"([A-Za-z][\w ()/&.-]{1,28}?)\s*:(?:\s+|$)|[@\\](\w+)\s+")
_SAYS = re.compile(
    r"(brief|details?|(short |brief )?description|purpose|function|functionality|summary|abstract)$"
)
_BOOKKEEPING = re.compile(
    r"""(author|engineer|company|contact|contributor|additional\ contribution|date|created?|file|
    filename|title|module|component|entity|design|project|language|standard|version|revision|email|
    maintainer|platform|target|tool|dependenc|todo|param|parameter|tparam|input|output|return|since|
    see|note|histor|copyright|licen[cs]e|status|limitation|bugs?|id)\w*
    (\ (name|by|date|devices?|type|to|no))?$""",
    re.X,
)
_LIST_ITEM = re.compile(r"(?:[-*+]|\(?\d+[.)])\s+")
_BOILERPLATE = re.compile(
    r"""\b(todo|fixme|xxx|hack|copyright|licen[cs]ed?|spdx|authors?|rights\ reserved|warrant\w+|
    redistribut\w+|revision|changelog|lint|verilator|verible|synopsys|synthesis|pragma|translate_o\w+|
    waived?|coverage\s+off|https?|www|e-?mail|university|eth\ zurich|deprecated|generated|ifdef|
    endif|copied|taken\ from|see\ (also|below|above)|github|vendored|typo|commented)\b|\S@\S|\(c\)|
    \$\w+:|`(include|define|ifdef|endif|if)|\bend(module|case|function|generate|task|package)\b|
    \d[-/]\d+[-/]\d|\bnot\ sure\b|\bwork[\s-]*arr?ound|^(see|import|include)\b""",
    re.I | re.X,
)
_CODE = re.compile(
    r"""[;{}]\s*$|<=|:=|=>|&&|\|\||==|!=|\bassign\s+\w+\s*=|\bposedge\b.*\)|\w\s=\s\w|\w\(.*\)\s*;|
    \b\d+'[bdh]|[\w\]]\s*=\s*[\w(~!]+\s*[;?&|^+]|^\s*(input|output|wire|reg|logic)\b""",
    re.X,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
STOP_WORDS = frozenset(
    word
    for line in """
    a about above after again all also although an and another any are as at be because been
    before being below between both but by can cannot case could did do does doing done down due
    during each either else etc even every few first for from further get gets given had has have
    having here how however if in into is it its itself just last later let like made make makes
    many may means more most much must need needs new next no nor not note now of off on once one
    only onto or other otherwise our out over own per same several shall should since so some still
    such than that the their them then there therefore these they this those through thus to
    together too two under until up upon use used uses using very via was way we well were what
    when whenever where whether which while who whose why will with within without would yet you
    your
    """.splitlines()
    for word in line.split()
)
_MIN_CONTENT_WORDS = 4
_MAX_WORDS = 45


@dataclass(frozen=True)
class Comment:
    """One comment, or own-line comments on consecutive lines that read as one.

    Attributes:
        spans: byte ranges, half open, markers inside.
        first_line, last_line: from 1, both inside.
        column: of its first character in its line, from 0.
        trails: code stands before it on its line.
        lines: what it says, line by line, markers removed.
    """

    spans: tuple[tuple[int, int], ...]
    first_line: int
    last_line: int
    column: int
    trails: bool
    lines: tuple[str, ...]


def read_comments(text: bytes, language: Language) -> list[Comment]:
    """Every comment of a text in order; own-line comments below each other are one."""
    found: list[Comment] = []
    for comment in _single_comments(text, language):
        last = found[-1] if found else None
        if last and not comment.trails and _continues(last, comment):
            found[-1] = Comment(
                last.spans + comment.spans,
                last.first_line,
                comment.last_line,
                last.column,
                last.trails,
                last.lines + comment.lines,
            )
        else:
            found.append(comment)
    return found


def _single_comments(text: bytes, language: Language) -> Iterator[Comment]:
    pattern = _STRINGS_AND_COMMENTS["vhdl" if language is Language.VHDL else "verilog"]
    line, at = 1, 0
    for match in pattern.finditer(text):
        start, end = match.span()
        if text[start : start + 1] == b'"':
            continue
        line += text.count(b"\n", at, start)
        at = start
        column = start - (text.rfind(b"\n", 0, start) + 1)
        said = match[0].decode("utf-8", "replace").splitlines()
        yield Comment(
            ((start, end),),
            line,
            line + match[0].count(b"\n"),
            column,
            bool(text[start - column : start].strip()),
            tuple(_MARKS.sub("", one) for one in said),
        )


def _continues(last: Comment, comment: Comment) -> bool:
    """A trailing comment goes on only below itself; what stands left of it heads what follows."""
    below = comment.first_line == last.last_line + 1
    return below and (not last.trails or comment.column >= last.column - 1)


def paragraphs(comment: Comment) -> Iterator[str]:
    """Its paragraphs, each on one line; empty lines, banners, list items and labels part them.

    `Description: …` says something, without the label; `Author: …` and its like do not.
    """
    lines: list[str] = []
    for raw in (*comment.lines, ""):
        line = " ".join(raw.split())
        label = _LABEL.match(line)
        name = (label[1] or label[2]).strip().lower() if label else ""
        says, keeps_books = _SAYS.match(name), _BOOKKEEPING.match(name)
        item = _LIST_ITEM.match(line)
        if not line or _BANNER.match(line) or says or keeps_books or item:
            if lines:
                yield " ".join(lines)
            lines = []
        if label and says:
            line = line[label.end() :]
        if line and not keeps_books and not _BANNER.match(line):
            lines.append(line[item.end() :] if item else line)


def content_words(text: str) -> list[str]:
    """Its words in lower case without function words and words of one or two letters."""
    words = (word.lower().strip("'-") for word in _WORD.findall(text))
    return [word for word in words if len(word) > 2 and word not in STOP_WORDS]


def as_query(paragraph: str) -> str:
    """The paragraph as a question to the index, or nothing if it does not say what code does.

    It must be prose of at least four different content words: no code, no licence, no name of an
    author, no waiver, no task left to do. Of a long one the first sentences are taken.
    """
    if _BOILERPLATE.search(paragraph) or _CODE.search(paragraph):
        return ""
    words = paragraph.split()
    if len(words) > _MAX_WORDS:
        sentences = re.split(r"(?<=[.!])\s+(?=[A-Z])", paragraph)
        paragraph = sentences[0]
        for sentence in sentences[1:]:
            if len(paragraph.split()) + len(sentence.split()) > _MAX_WORDS:
                break
            paragraph += " " + sentence
        words = paragraph.split()
    plain = [
        word for word in words if re.fullmatch(r"[(\"']?[A-Za-z][a-z'-]*[A-Za-z]?[.,:;)\"']*", word)
    ]
    reads_like_prose = len(plain) >= 0.6 * len(words) and len(words) <= 2 * _MAX_WORDS
    says_enough = len({*content_words(" ".join(plain))}) >= _MIN_CONTENT_WORDS
    return paragraph if reads_like_prose and says_enough else ""
