"""A small edit that a template proposes, and what a template gets to see of a module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyslang import syntax

from hdlsmith.agent.localising.statements import Statement, statements
from hdlsmith.agent.mending.names import assignments, constants, declarations, enum_names
from hdlsmith.agent.mending.source import Edit, Source, walk
from hdlsmith.agent.mending.widths import declared_width

_MOST_NAMES = 24
"""Names of one width beyond these are not tried for each other."""


@dataclass(frozen=True)
class Change:
    """One proposal for one file.

    Attributes:
        template: which kind of slip it undoes.
        line: of the text it changes, from 1.
    """

    template: str
    line: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class View:
    """One module of a file."""

    source: Source
    module: Any

    def change(self, template: str, *edits: Edit) -> Change:
        line = self.source.text.count("\n", 0, min(edit.start for edit in edits)) + 1
        return Change(template, line, edits)

    def replaced(self, template: str, node: Any, text: str) -> Change:
        return self.change(template, self.source.replace(node, text))

    def slice(self, node: Any) -> str:
        return self.source.slice(node)

    def walk(self, *kinds: type) -> Iterator[Any]:
        """Nodes of the module's body; ports are given, and stay as they are."""
        return walk(list(self.module.members), *kinds)

    @cached_property
    def assigned(self) -> frozenset[tuple[int, int]]:
        """Where names stand that are assigned, not read."""
        return frozenset(
            self.source.span(name)
            for found in assignments(self.module)
            for name in walk(found.left, *NAMES)
        )

    def loops(self, node: Any, name: str) -> bool:
        """Whether a name put in a node's place would make logic without a clock feed itself."""
        start, end = self.source.span(node)
        around = [n for n, s in enumerate(self._statements) if s.start <= start and end <= s.end]
        if not around or self._statements[around[-1]].clocked:
            return False
        driven = {
            each
            for position, statement in enumerate(self._statements)
            if position in around or not set(around[-1:]).isdisjoint(statement.around)
            for each in statement.drives
        }
        return any(name == each or name in self._fed_by(each) for each in driven)

    def feeds_itself(self, process: Any) -> bool:
        """Whether a process would, without its clock, depend on what it drives."""
        start = self.source.span(process)[0]
        number = next(n for n, s in enumerate(self._statements) if s.start == start)
        inside = [s for s in self._statements if number in s.around]
        fed = {each for s in inside for name in s.drives for each in self._fed_by(name)}
        return any(read in fed for s in inside for read in s.reads)

    def _fed_by(self, name: str) -> frozenset[str]:
        """What depends on a name without a clock in between."""
        found: dict[str, None] = {name: None}
        waiting = [name]
        while waiting:
            here = waiting.pop()
            for each in self._feeds.get(here, ()):
                if each not in found:
                    found[each] = None
                    waiting.append(each)
        return frozenset(found)

    @cached_property
    def _statements(self) -> tuple[Statement, ...]:
        return statements(self.source, self.module)

    @cached_property
    def _feeds(self) -> dict[str, set[str]]:
        feeds: dict[str, set[str]] = {}
        for statement in self._statements:
            if not statement.clocked and statement.drives:
                reads = list(statement.reads)
                for outer in statement.around:
                    reads += self._statements[outer].reads
                for read in reads:
                    feeds.setdefault(read, set()).update(statement.drives)
        return feeds

    @cached_property
    def widths(self) -> dict[str, int | str]:
        """Each signal and port, and how wide it is."""
        names = dict.fromkeys(found.name for found in declarations(self.module))
        found = {name: declared_width(self.source, self.module, name) for name in names}
        return {name: width for name, width in found.items() if width is not None}

    def alike(self, name: str) -> tuple[str, ...]:
        """Other names that could stand in a name's place: signals as wide, or other constants."""
        fixed = {d.name.valueText for d in constants(self.module)} | set(enum_names(self.module))
        if name in fixed:
            return tuple(sorted(fixed - {name}))[:_MOST_NAMES]
        width = self.widths.get(name)
        same = [other for other, bits in self.widths.items() if bits == width and other != name]
        return tuple(same)[:_MOST_NAMES] if width is not None else ()

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Signals of one bit."""
        return tuple(name for name, bits in self.widths.items() if bits == 1)[:_MOST_NAMES]


NAMES = (syntax.IdentifierNameSyntax, syntax.IdentifierSelectNameSyntax)
Template = Callable[[View], Iterator[Change]]
