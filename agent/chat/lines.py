"""Where the user's lines come from: an editor in a terminal, or a pipe."""

import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TextIO

from hdlsmith.agent.chat.secrets import Secrets
from hdlsmith.agent.yes_or_no import yes_or_no
from hdlsmith.display import printable
from hdlsmith.errors import InputError

PROMPT = "> "
_QUESTION = "Make this change? [y/N] "


class Lines(Protocol):
    """The user."""

    def next(self) -> str:
        """The next line.

        Raises:
            EOFError: there is none (Ctrl-D).
            KeyboardInterrupt: the user gave the line up (Ctrl-C).
        """
        ...

    def agrees(self) -> bool:
        """Whether the user allows the change that he has just been shown; no answer is a no."""
        ...


class PipedLines:
    """Lines of a stream, shown as they are read, so that the output reads as a conversation."""

    def __init__(self, stream: TextIO, secrets: Secrets) -> None:
        self._stream = stream
        self._secrets = secrets

    def next(self) -> str:
        """The stream's next line."""
        line = self._ask(PROMPT)
        if line is None:
            raise EOFError
        return line

    def agrees(self) -> bool:
        """The stream's next line is the answer; of a terminal's, only one typed from now on."""
        if self._stream.isatty():
            termios.tcflush(self._stream, termios.TCIFLUSH)
        return yes_or_no(self._ask(_QUESTION) or "") is True

    def _ask(self, prompt: str) -> str | None:
        print(prompt, end="", flush=True)
        line = self._stream.readline()
        if not self._stream.isatty():
            print(printable(self._secrets.hide(line.rstrip("\n"))), flush=True)
        return line.rstrip("\n") if line else None


class Editor:
    """A line editor with history, and completion of commands, modules and files.

    Args:
        history: a file; keys are left out of it.
        root: files and modules below it are completed.
    """

    def __init__(self, history: Path, secrets: Secrets, root: Path, words: list[str]) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.history import FileHistory

        class Keyless(FileHistory):
            def store_string(self, string: str) -> None:
                super().store_string(secrets.hide(string))

        history.parent.mkdir(parents=True, exist_ok=True)
        history.touch(mode=0o600)
        self._names: list[str] | None = None
        self._root = root
        self._words = words
        completer = WordCompleter(self._completions, WORD=True)
        self._session: PromptSession[str] = PromptSession(
            history=Keyless(str(history)), completer=completer, complete_while_typing=False
        )

    def next(self) -> str:
        """A line that the user has edited."""
        return self._session.prompt(PROMPT)

    def agrees(self) -> bool:
        """A key pressed before the question stood there is no answer."""
        from prompt_toolkit import prompt
        from prompt_toolkit.input.typeahead import clear_typeahead

        clear_typeahead(self._session.input)  # read with the last line, and kept for the next
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
        try:
            return yes_or_no(prompt(_QUESTION)) is True
        except (EOFError, KeyboardInterrupt):
            return False

    def _completions(self) -> list[str]:
        if self._names is None:  # the index is opened at the first Tab
            self._names = sorted(set(_names(self._root)))
        return [*self._words, *self._names]


def _names(root: Path) -> Iterator[str]:
    from hdlsmith.retrieval.nodes import Kind
    from hdlsmith.retrieval.store.index import Index, find_index

    try:
        with Index(find_index(root)) as index:
            for module in index.of_kind(Kind.MODULE):
                yield module.name
                yield index.places(module)[0].path
    except InputError:  # no index
        return
