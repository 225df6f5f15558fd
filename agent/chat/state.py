"""What a conversation consists of; fully annotated, so that checkpoints can be checked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

REMEMBERED_CHARS = 12_000
"""Of what was said and found; with the tools and an answer it fits into 8,192 tokens."""


class Speaker(StrEnum):
    USER = "user"
    AGENT = "agent"
    TOOL = "tool"
    NOTE = "note"
    CHANGE = "change"


class Standing(StrEnum):
    """What a tool's word says about a claim that something works."""

    NOTHING = "nothing"
    SHOWN = "shown"
    REFUTED = "refuted"


@dataclass(frozen=True)
class Entry:
    """One thing that was said or found.

    Attributes:
        text: the words, or what the tool found in full.
        call: of a tool, what it was called with, as JSON.
        evidence: of a tool, what it says of the design, in a few words; may be empty.
    """

    speaker: Speaker
    text: str
    call: str = ""
    evidence: str = ""
    standing: Standing = Standing.NOTHING


@dataclass(frozen=True)
class Edit:
    """One file before and after; None where there is none.

    Attributes:
        path: from the root, in the POSIX way.
    """

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """Files that change together: shown as one diff, and allowed or refused as one.

    Attributes:
        why: who wants it, in a few words.
    """

    edits: tuple[Edit, ...]
    why: str


class Conversation(TypedDict, total=False):
    """The graph's state.

    Attributes:
        line: what the user typed last.
        entries: the conversation, the newest last; what is too old to be remembered is gone.
        call: the tool call to run next, as JSON; empty for none.
        plain: the user asked for that tool by its name, and reads its answer himself.
        proposal: a change that waits for the user's word.
        changes: those that were made and not undone, the newest last.
        stopped: the turn was given up, by the user or by an error.
    """

    line: str
    entries: tuple[Entry, ...]
    call: str
    plain: bool
    proposal: Change | None
    changes: tuple[Change, ...]
    stopped: bool


def remembered(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The newest entries that fit into the memory, and at least the last one."""
    left = REMEMBERED_CHARS
    for position in range(len(entries) - 1, -1, -1):
        left -= len(entries[position].text) + len(entries[position].call)
        if left < 0:
            return entries[min(position + 1, len(entries) - 1) :]
    return entries


def this_turn(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """What was said and found since the user's last word, that included."""
    for position in range(len(entries) - 1, -1, -1):
        if entries[position].speaker is Speaker.USER:
            return entries[position:]
    return entries
