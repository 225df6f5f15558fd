"""What the user sees. Lines of ours begin at the margin; foreign text never does."""

import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from hdlsmith.agent.chat.secrets import Secrets
from hdlsmith.display import one_line, printable

_MARGIN = "  "
_RAGGED = 16
"""Columns at the right end in which a blank ends the line."""

_ARGUMENT_CHARS = 60
_OUTCOME_CHARS = 300


class Screen:
    """Everything that is printed goes through here: no key, no escape sequence gets by.

    Args:
        live: a terminal is watching, so that a line may show what is being done.
    """

    def __init__(self, secrets: Secrets, console: Console, *, live: bool) -> None:
        self._secrets = secrets
        self._console = console
        self._live = live
        self._is_terminal = live or console.file.isatty()
        self._status = console.status("")
        self._held = ""
        self._column = 0
        self._speaking = False

    def speak(self, piece: str) -> None:
        """A piece of the model's answer, as it comes."""
        self._status.stop()
        self._speaking = True
        piece, self._held = self._secrets.split(self._held + piece)
        self._write(piece)

    def end_speech(self) -> None:
        """The answer is over."""
        self._status.stop()
        self._write(self._held)
        if self._speaking and self._column:
            self._write("\n")
        self._speaking, self._held = False, ""

    def block(self, text: str) -> None:
        """Foreign text of several lines."""
        self._status.stop()
        self._write(self._secrets.hide(text).rstrip("\n") + "\n")

    def diff(self, patch: str) -> None:
        """A unified diff."""
        styles = {"+": "green", "-": "red", "@": "cyan"}
        self._status.stop()
        for line in self._secrets.hide(patch).rstrip("\n").split("\n"):
            self._write(f"{line}\n", styles.get(line[:1], ""))

    def line(self, text: str, style: str = "") -> None:
        """A line of ours; what a terminal has no room for goes behind the margin, too."""
        self._status.stop()
        shown = " ".join(_visible(self._secrets.hide(text)).splitlines())
        self._column = 1  # behind the first character there is no margin left to come
        shown = shown[:1] + self._behind_margin(f"{shown[1:]}\n")
        self._console.print(Text(shown, style), end="", soft_wrap=True)

    @contextmanager
    def called(self, name: str, about: str) -> Iterator[list[str]]:
        """The one line of a tool call; what came out is put into the list that it yields."""
        about = _cut(one_line(about), _ARGUMENT_CHARS)
        title = " ".join(word for word in (name, about) if word)
        self.working(title)
        started = time.monotonic()
        outcome: list[str] = []
        yield outcome
        seconds = time.monotonic() - started
        out = _cut(" ".join(outcome), _OUTCOME_CHARS)
        self.line(f"* {title} -> {out} ({seconds:.1f} s)", "dim")

    def working(self, what: str) -> None:
        """What is being done, where a terminal can take it back again."""
        if self._live and not self._speaking:
            self._status.update(Text(one_line(self._secrets.hide(what))))
            self._status.start()

    def _write(self, text: str, style: str = "") -> None:
        shown = self._behind_margin(_visible(text))
        self._console.print(Text(shown, style), end="", soft_wrap=True)

    def _behind_margin(self, text: str) -> str:
        """The text with a margin before each line, and lines ended where the terminal would."""
        width = self._console.width if self._is_terminal else None
        out = []
        for character in text:
            size = 1 if character.isascii() else 2  # the most that any terminal makes of it
            ends = width and (
                self._column + size > width
                or (character == " " and self._column > width - _RAGGED > 2 * _RAGGED)
            )
            if character == "\n" or ends:
                out.append("\n")
                self._column = 0
            if character == "\n" or (ends and character == " "):
                continue
            if not self._column:
                out.append(_MARGIN)
                self._column = len(_MARGIN)
            out.append(character)
            self._column += size
        return "".join(out)


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else f"{text[: chars - 3]}..."


def _visible(text: str) -> str:
    """As `printable`, with what takes no room (zero width, directions, tags) made visible, too."""
    shown = printable(text).replace("\t", "    ")
    if shown.isascii():
        return shown
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) == "Cf" else c for c in shown)
