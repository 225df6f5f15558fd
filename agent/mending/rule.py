"""What a rule is: which messages it answers, and the edit that it makes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hdlsmith.agent.mending.source import Source
from hdlsmith.design import Diagnostic, Port


@dataclass(frozen=True)
class Broken:
    """One error of one file, for a rule to mend.

    Attributes:
        error: what the rule is asked to answer.
        name: what the message names, where the rule's pattern has a group `name`.
        errors: all that the tools said of the file.
        top: name of the asked module; empty where nobody asked for one.
        asked: its asked ports; none where the design's own header counts.
        found: ports of the design as it is; none where it can't be elaborated.
    """

    source: Source
    error: Diagnostic
    errors: tuple[Diagnostic, ...]
    top: str = ""
    asked: tuple[Port, ...] = ()
    found: tuple[Port, ...] = ()
    name: str = ""

    @property
    def text(self) -> str:
        return self.source.text

    @cached_property
    def offset(self) -> int:
        """Where the error is in the text; the start of its line where the tool names no column."""
        span = self.error.span
        lines = self.text.splitlines(keepends=True)
        if span is None:
            return 0
        start = sum(map(len, lines[: span.line - 1]))
        return min(start + max(0, span.column - 1), len(self.text))

    @property
    def module(self) -> Any | None:
        """The module that the error is in, else the asked one."""
        inside = self.source.module_at(self.offset) if self.error.span else None
        return inside or self.source.module(self.top)

    @property
    def binds(self) -> bool:
        """The asked ports are known, and the error lies in the module that must have them."""
        module = self.module
        return bool(self.asked) and module is not None and module is self.asked_module

    @property
    def asked_module(self) -> Any | None:
        return self.source.module(self.top)

    def port(self, name: str) -> Port | None:
        return next((port for port in self.asked if port.name == name), None)


Mend = Callable[[Broken], str | None]
"""The mended text, or None where the rule does not apply."""


@dataclass(frozen=True)
class Rule:
    """
    Attributes:
        messages: matched against `tool:code message`; a group `name` reaches the rule.
    """

    name: str
    messages: tuple[re.Pattern[str], ...]
    mend: Mend

    def named_in(self, error: Diagnostic) -> str | None:
        """The name that the message holds, perhaps empty; None where it is not this rule's."""
        said = f"{error.tool}:{error.code} {error.message}"
        found = (match for pattern in self.messages if (match := pattern.search(said)))
        match = next(found, None)
        return None if match is None else match.groupdict().get("name") or ""


def answers(*patterns: str) -> Callable[[Mend], Rule]:
    """Makes a function a rule that answers these messages."""
    messages = tuple(map(re.compile, patterns))
    return lambda mend: Rule(mend.__name__, messages, mend)
