"""Live progress of the loop on a terminal: one line a step, and a running count of tokens."""

import sys
import time

from rich.console import Console
from rich.text import Text

from hdlsmith.agent.runs import Run
from hdlsmith.agent.state import Event
from hdlsmith.agent.yes_or_no import yes_or_no
from hdlsmith.display import one_line, printable


class TerminalWatch:
    """Shows events on stderr and writes them to the run's transcript.

    On a terminal the current step keeps a running count of pieces and seconds; elsewhere each
    finished step is one plain line.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._console = Console(stderr=True, highlight=False)
        self._status = self._console.status("starting")
        self._live = sys.stderr.isatty()
        self._started = time.monotonic()
        self._step = ""
        self._tokens = 0
        self._since = self._started

    def __enter__(self) -> "TerminalWatch":
        if self._live:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def event(self, event: Event) -> None:
        self._run.note(event)
        self._step, self._tokens, self._since = one_line(event.message), 0, time.monotonic()
        elapsed = time.monotonic() - self._started
        line = f"{elapsed:6.1f} s  {event.step:<9} {self._step}"
        self._console.print(line, markup=False, soft_wrap=True)
        self._show()

    def approve(self, question: str) -> bool | None:
        """Puts a question on stderr and reads y or n; None at the end of the input."""
        self._status.stop()
        self._console.print(printable(question), markup=False, soft_wrap=True)
        said = self._yes_or_no()
        if self._live:
            self._status.start()
        return said

    def _yes_or_no(self) -> bool | None:
        while True:
            self._console.print("[y/n] ", end="", markup=False)
            line = sys.stdin.readline()
            if not line:
                return None
            if (said := yes_or_no(line)) is not None:
                return said

    def token(self, text: str) -> None:  # noqa: ARG002 - only the count is shown
        self._tokens += 1
        self._show()

    def _show(self) -> None:
        if self._live:
            seconds = time.monotonic() - self._since
            count = f", {self._tokens} tokens, {seconds:.0f} s" if self._tokens else ""
            self._status.update(Text(f"{self._step}{count}"))  # a plain string would be markup
