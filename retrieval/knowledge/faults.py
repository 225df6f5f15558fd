"""Faults that tools report: what their messages mean and what usually mends them.

The texts stand in `faults/*.toml`, one table a fault, with the smallest design that has it and the
same design mended; a test runs the tools over every pair.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hdlsmith.design import Diagnostic


@dataclass(frozen=True)
class Fault:
    """
    Attributes:
        means, mend: may hold `{name}`, which the message fills in.
        before, after: a whole design with the fault, and without.
        messages: short name of a tool -> patterns over `code: message` of its diagnostics.
    """

    name: str
    means: str
    causes: tuple[str, ...]
    mend: str
    before: str
    after: str
    messages: dict[str, tuple[re.Pattern[str], ...]]

    def change(self) -> list[str]:
        """The lines of the example that mending takes away (`-`) and adds (`+`)."""
        compared = difflib.ndiff(self.before.splitlines(), self.after.splitlines())
        return [line for line in compared if line.startswith(("-", "+"))]


@dataclass(frozen=True)
class Advice:
    """A fault as one message tells of it."""

    fault: Fault
    means: str
    mend: str

    def __str__(self) -> str:
        return f"{self.means} {self.mend}"

    def record(self) -> dict[str, object]:
        """As JSON data."""
        fault = self.fault
        said = {"fault": fault.name, "means": self.means, "causes": fault.causes, "mend": self.mend}
        return {**said, "before": fault.before, "after": fault.after}


@cache
def load_faults() -> tuple[Fault, ...]:
    """All that is known, in the order of the files; of two that match, the first counts."""
    folder = files(__package__) / "faults"
    pages = sorted(folder.iterdir(), key=lambda page: page.name)
    tables = [tomllib.loads(page.read_text("utf-8")) for page in pages]
    return tuple(_fault(name, said) for table in tables for name, said in table.items())


def advise(diagnostic: Diagnostic) -> Advice | None:
    """What is known of this very message of this very tool, or None."""
    said = f"{diagnostic.code}: {diagnostic.message}"
    for fault in load_faults():
        if match := _first_match(fault.messages.get(diagnostic.tool, ()), said):
            return _told(fault, match)
    return None


def advise_on_text(text: str) -> Advice | None:
    """As `advise`, of a pasted message whose tool is unknown."""
    for fault in load_faults():
        patterns = [p for known in fault.messages.values() for p in known]
        if match := _first_match(patterns, text):
            return _told(fault, match)
    return None


def _first_match(patterns: Iterable[re.Pattern[str]], said: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.search(said))), None)


def _told(fault: Fault, match: re.Match[str]) -> Advice:
    name = match.groupdict().get("name", "")
    return Advice(fault, fault.means.replace("{name}", name), fault.mend.replace("{name}", name))


def _fault(name: str, said: dict[str, object]) -> Fault:
    messages = said.pop("messages")
    causes = said.pop("causes")
    assert isinstance(messages, dict)
    assert isinstance(causes, list)
    return Fault(
        name=name,
        causes=tuple(causes),
        messages={
            tool: tuple(re.compile(pattern) for pattern in patterns)
            for tool, patterns in messages.items()
        },
        **{key: str(value) for key, value in said.items()},
    )
