"""Enumerations and macros: what the names of states stand for."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hdlsmith.design import SourceSpan
from hdlsmith.languages import Language
from hdlsmith.retrieval.anatomy.units import Reading, Unit, Units
from hdlsmith.retrieval.meaning.code import Expr
from hdlsmith.retrieval.meaning.phrases import value_of
from hdlsmith.retrieval.nodes import Kind, Node

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|--[^\n]*", re.DOTALL)
_ENUM = re.compile(r"\benum\b[^{;]*\{([^}]*)\}", re.DOTALL)
_CHOICES = re.compile(r"\bis\s*\(([^)]*)\)", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"\s*(\w+)\s*(?:=\s*(.+?))?\s*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w*")
_FAR = 4000
"""Characters before a name, in which the enumeration that it is declared with begins."""


class Choice(NamedTuple):
    """One value of an enumeration: its encoding as written, or else its number."""

    name: str
    encoding: str
    span: SourceSpan


class Enums:
    """The enumerations that a module's variables are of."""

    def __init__(self, unit: Unit, units: Units) -> None:
        self._unit = unit
        self._units = units

    def of_variable(self, variable: str, used: Iterable[str]) -> tuple[str, ...]:
        """The values of the enumeration that a variable is of, if it has all those used."""
        return tuple(choice.name for choice in self._choices(variable, used))

    def encodings(self, variable: str, used: Iterable[str]) -> dict[str, tuple[str, SourceSpan]]:
        """Name -> encoding and place, of the values of the enumeration a variable is of."""
        return {
            choice.name: (choice.encoding, choice.span) for choice in self._choices(variable, used)
        }

    def macro(self, name: str) -> int | None:
        """The number that a macro of the library stands for."""
        pattern = re.compile(rf"`define[ \t]+{re.escape(name)}[ \t]+([^\n/]+)")
        for text in self._units.texts():
            if match := pattern.search(text):
                return value_of(Expr("number", (), match[1].strip(" ()\r")))
        return None

    def _choices(self, variable: str, used: Iterable[str]) -> tuple[Choice, ...]:
        needed = set(used)
        for node in self._declared(variable.partition(".")[0]):
            for reading, text, start in self._texts(node, variable):
                found = _read(reading, text, start, self._unit.reading.source.language)
                if found and needed <= {choice.name for choice in found}:
                    return found
        return ()

    def _declared(self, name: str) -> list[Node]:
        kinds = (Kind.PORT, Kind.SIGNAL)
        return [node for node in self._unit.of_kind(*kinds).values() if node.name == name]

    def _texts(self, node: Node, variable: str) -> Iterator[tuple[Reading, str, int]]:
        """Declarations of what may be the enumeration: text and first byte."""
        reading = self._unit.reading
        first = max(0, node.start_byte - _FAR)
        before = reading.source.text[first : node.end_byte].decode("latin-1")
        at = before.rfind("enum")
        if at != -1 and ";" not in _COMMENT.sub("", before[at : node.start_byte - first]):
            yield reading, before[at:], first + at
        field = variable.partition(".")[2]
        for name in _WORD.findall(node.detail):
            for there, declared in self._units.types(name, self._unit.reading.source.language):
                text = there.source.text[declared.start_byte : declared.end_byte].decode("latin-1")
                if not field:
                    yield there, text, declared.start_byte
                for kind in _types_of_field(text, field):
                    for where, inner in self._units.types(kind, there.source.language):
                        body = where.source.text[inner.start_byte : inner.end_byte]
                        yield where, body.decode("latin-1"), inner.start_byte


def _types_of_field(record: str, field: str) -> list[str]:
    if not field:
        return []
    name = re.escape(field)
    plain = _COMMENT.sub("", record)
    return [
        *re.findall(rf"\b{name}\s*:\s*(\w+)", plain, re.IGNORECASE),
        *re.findall(rf"(\w+)(?:\s*\[[^\]]*\])*\s+{name}\s*[;,]", plain),
    ]


def _read(reading: Reading, text: str, start: int, language: Language) -> tuple[Choice, ...]:
    match = (_CHOICES if language is Language.VHDL else _ENUM).search(text)
    if match is None:
        return ()
    found: list[Choice] = []
    following: int | None = 0
    offset = match.start(1)
    blank = _COMMENT.sub(lambda m: " " * len(m[0]), match[1])
    for part in blank.split(","):
        item = _ITEM.fullmatch(part)
        if item:
            number = value_of(Expr("number", (), item[2])) if item[2] else following
            encoding = item[2] or ("" if number is None else str(number))
            byte = start + offset + len(part) - len(part.lstrip())
            line = reading.source.text.count(b"\n", 0, byte) + 1
            found.append(Choice(item[1], encoding, SourceSpan(reading.source.shown, line)))
            following = None if number is None else number + 1
        offset += len(part) + 1
    return tuple(found)
