"""Which files a Verilog text includes, and where the macros it uses are defined.

A text is hardly ever compiled alone: macros come from headers that it includes, or that the build
names first on the command line. Here every text gets what it needs out of its own repository and
nothing from elsewhere: all of it is handed to the parser in memory.

An include is taken from beside the file, then from the include folders, then from the nearest
file of that name. A macro that no included file defines is taken from the nearest file that
defines it; one that nobody defines gets a stand-in (see `sv_macros`).
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from posixpath import basename, dirname, join, normpath
from typing import NamedTuple

from hdlsmith.design import MAX_SOURCE_BYTES
from hdlsmith.retrieval.frontends.sv_macros import (
    DIRECTIVES,
    Calls,
    Macro,
    calls_in,
    calls_in_macros,
    defined_in,
    given,
    macros_in,
    missing_from,
    stand_in,
    uses_in,
)
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.paths import distance

NOWHERE = "/hdlsmith.nowhere/"
"""A folder that no disk has: what is not in memory is not found."""

_MAX_INCLUDED = 64
_ASCII = b" " + bytes(range(1, 128)) + b"?" * 128
_TESTED = re.compile(r"`(?:ifdef|ifndef|elsif)\s+(\w+)")
_INCLUDE = re.compile(r'`include[ \t]*(?:"([^"\n/][^"\n]*)"|[^\n\\]*)')


class Header(NamedTuple):
    """A file that others include or take macros from.

    Attributes:
        path: in the repository.
        includes: as they are spelt.
    """

    path: str
    text: str
    macros: Mapping[str, Macro]
    includes: tuple[str, ...]


class Inclusion(NamedTuple):
    """What one text needs from the rest of its repository.

    Attributes:
        text: the text itself; an include that can't mean a file of the repository is blanked.
        texts: what it includes: text by the path under which the parser asks for it.
        files: repository paths of the files that lent something.
        depth: how many includes lie within one another at most.
        prelude: the definitions to be read before it.
    """

    text: str
    texts: Mapping[str, str]
    files: tuple[str, ...] = ()
    depth: int = 0
    prelude: str = ""


def inclusion_of(
    path: str, text: str, around: Surroundings, undefined: frozenset[str] = frozenset()
) -> Inclusion:
    """What a text needs, found in its repository.

    Args:
        undefined: macros that a parse has shown to have no definition where they are used, though
            some header holds one (under a condition that doesn't hold).

    What headers hold is remembered for as long as the same `around` is asked about: a changed
    file calls for a new one.
    """
    global _library
    if "`" not in text:
        return Inclusion(text, {})
    if _library is None or _library.around is not around:
        _library = _Library(around)
    return _library.inclusion_of(path, text, undefined)


def ascii_of(data: bytes) -> str:
    """As many ASCII characters as there are bytes; what is not ASCII shows as `?`."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = b"   " + data[3:]
    return data.translate(_ASCII).decode("ascii")


class _Library:
    """The headers of one repository, each read when it is first asked for."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._headers: dict[str, Header] = {}
        self._found: dict[tuple[str, str], Header | None] = {}
        self._nearest: dict[tuple[str, str], Header | None] = {}
        self._given = dict(given(define) for define in around.defines)

    def inclusion_of(self, path: str, text: str, undefined: frozenset[str]) -> Inclusion:
        uses = uses_in(text)
        seen: dict[str, Header] = {}
        depth = 0
        if "include" in uses:
            text = _without_foreign_includes(text)
            depth = self._include((path,), NOWHERE + path, _includes(text), seen)
        included = {name: m for header in seen.values() for name, m in header.macros.items()}
        lenders = {header.path for header in seen.values()}
        known = {name: macro for name, macro in included.items() if name not in undefined}
        own = {*defined_in(text), *self._given} - undefined
        prelude = list(self._given.values())
        calls: Calls = {}
        lacking = missing_from(uses - DIRECTIVES - own, known)
        if lacking:
            lacking -= set(_TESTED.findall(text))
        lacking |= undefined - known.keys()
        while lacking:
            name = min(lacking)  # not just any: a text gives the same graph each time
            lacking.remove(name)
            definer = None if name in included else self._definer(path, name)
            if name in included:
                macro = included[name]
            elif definer:
                lenders.add(definer.path)
                macro = definer.macros[name]
            else:
                calls = calls or calls_in(text)
                macro = stand_in(name, calls.get(name) or calls_in_macros(name, known.values()))
            known[name] = macro
            prelude.append(macro.directive)
            lacking |= missing_from(macro.uses - own, known)
        texts = {place: header.text for place, header in seen.items()}
        return Inclusion(text, texts, tuple(sorted(lenders)), depth, "\n".join(prelude))

    def _include(
        self,
        includers: tuple[str, ...],
        seen_as: str,
        names: Iterable[str],
        seen: dict[str, Header],
    ) -> int:
        """Add what the last of the includers includes; returns how deep that goes."""
        depth = 0
        for name in names:
            place = join(dirname(seen_as), name)
            header = self._resolve(includers[-1], name)
            if not header or header.path in includers or len(seen) == _MAX_INCLUDED:
                continue
            below = 0
            if place not in seen:
                seen[place] = header
                inside = (*includers, header.path)
                below = self._include(inside, place, header.includes, seen)
            depth = max(depth, 1 + below)
        return depth

    def _resolve(self, includer: str, name: str) -> Header | None:
        key = dirname(includer), name
        if key not in self._found:
            path = self._path_of(includer, name)
            self._found[key] = self._header(path) if path else None
        return self._found[key]

    def _path_of(self, includer: str, name: str) -> str | None:
        called = self.around.headers.get(basename(name), ())
        for folder in (dirname(includer), *self.around.include_folders):
            path = normpath(join(folder, name))
            if path in called:
                return path
        tail = "/" + normpath(name).removeprefix("../")
        fitting = [path for path in called if f"/{path}".endswith(tail)] or called
        return min(fitting, key=partial(distance, near=includer), default=None)

    def _header(self, path: str) -> Header:
        if path not in self._headers:
            try:
                with open(join(self.around.root, path), "rb") as file:  # noqa: PTH123 - many files
                    data = file.read(MAX_SOURCE_BYTES)
            except OSError:
                data = b""
            text = ascii_of(data)
            if "`include" in text:
                text = _without_foreign_includes(text)
            self._headers[path] = Header(path, text, macros_in(text), _includes(text))
        return self._headers[path]

    def _definer(self, path: str, name: str) -> Header | None:
        """The nearest file that defines a macro."""
        key = dirname(path), name
        if key not in self._nearest:
            definers = self._definers.get(name, ())
            nearest = min(definers, key=partial(distance, near=path), default=None)
            self._nearest[key] = None if nearest is None else self._header(nearest)
        return self._nearest[key]

    @cached_property
    def _definers(self) -> dict[str, list[str]]:
        definers: dict[str, list[str]] = {}
        for paths in self.around.headers.values():
            for path in paths:
                for name in self._header(path).macros:
                    definers.setdefault(name, []).append(path)
        return definers


_library: _Library | None = None


def _without_foreign_includes(text: str) -> str:
    """Absolute paths and names made by macros could mean any file of the disk."""

    def kept(found: re.Match[str]) -> str:
        return found[0] if found[1] else " " * len(found[0])

    return _INCLUDE.sub(kept, text)


def _includes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[1] for found in _INCLUDE.finditer(text) if found[1]))
