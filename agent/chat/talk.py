"""The conversation's loop: read a line, let the session work, ask before a change, go on."""

import json
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hdlsmith.agent.chat.evidence import evidence_line
from hdlsmith.agent.chat.lines import Lines
from hdlsmith.agent.chat.plain import USAGE, plain_call, usage_of
from hdlsmith.agent.chat.root import unified
from hdlsmith.agent.chat.sessions import About, Sessions
from hdlsmith.agent.chat.state import Entry, Speaker
from hdlsmith.agent.chat.workbench import Workbench
from hdlsmith.errors import HdlsmithError, InputError

if TYPE_CHECKING:
    from hdlsmith.agent.chat.session import Session

COMMANDS = {
    "/help": "what can be said here",
    "/tools": "what the model can call",
    "/undo": "take the last change of files back",
    "/sessions": "the conversations about this folder",
    "/quit": "end; the conversation is kept (Ctrl-D)",
}
_SPELLED = {"exit": "/quit", "quit": "/quit", "help": "/help"}
_RECALLED = 6
_NO_MODEL = (
    "without a language model only tools called by their name work: /help lists them",
    "a model is set by HDLSMITH_MODEL__BASE_URL and HDLSMITH_MODEL__NAME, or `hdlsmith model pull`"
    " and --model local",
)


class Talk:
    """
    Args:
        about: the conversation to go on with; None begins one with the first line.
    """

    def __init__(
        self, bench: Workbench, lines: Lines, sessions: Sessions, about: About | None
    ) -> None:
        self._bench = bench
        self._screen = bench.screen
        self._lines = lines
        self._sessions = sessions
        self._about = about
        self._session: Session | None = None

    def run(self) -> None:
        """Until the user ends it.

        Raises:
            InputError: the conversation is held by another process.
        """
        with ExitStack() as opened:
            self._greet()
            if self._about:
                self._recall(self._open(opened, self._about))
            while (line := self._next()) is not None:
                try:
                    if line.startswith("/"):
                        if not self._command(line):
                            return
                    elif line:
                        self._hear(line, opened)
                except KeyboardInterrupt:  # outside a turn
                    self._screen.end_speech()

    def _greet(self) -> None:
        model = self._bench.settings.model.name or "no model"
        self._screen.line(f"{self._bench.root.folder}, {model}; /help, Ctrl-D ends", "dim")
        if self._about:
            about = f"conversation {self._about.number}: {self._about.title}"
            self._screen.line(f"going on with {about}", "dim")  # it takes a second

    def _next(self) -> str | None:
        while True:
            try:
                line = self._lines.next().strip()
                return _SPELLED.get(line, line)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None

    def _open(self, opened: ExitStack, about: About) -> "Session":
        from hdlsmith.agent.chat.session import open_session

        folder = self._sessions.folder(about)
        self._session = opened.enter_context(open_session(folder, self._bench))
        return self._session

    def _hear(self, line: str, opened: ExitStack) -> None:
        if not self._bench.has_model and plain_call(line, self._bench.root) is None:
            usage = usage_of(line)
            for words in (f"{usage}: some of it is missing",) if usage else _NO_MODEL:
                self._screen.line(words)
            return
        if self._session is None:
            about = self._sessions.begin(self._bench.secrets.hide(line))
            self._open(opened, about)
            self._about = about
        assert self._session
        self._work(self._session, line)

    def _work(self, session: "Session", line: str | None) -> None:
        """A whole turn: its steps, and the questions before changes."""
        try:
            if line is None:
                session.go_on()
            else:
                session.say(line)
            while change := session.proposal:
                self._screen.diff(unified(change))
                session.answer(allowed=self._lines.agrees())
        except KeyboardInterrupt:
            self._stop(session, "the user stopped this")
            return
        except HdlsmithError as error:
            self._stop(session, f"this ended in an error: {error.message}")
            if error.remedy:
                self._screen.line(f"  try: {error.remedy}")
            return
        except Exception as error:  # else each --resume would run into it again
            self._stop(session, f"a fault of hdlsmith ended this: {error!r}")
            return
        turn = session.entries
        if turn and turn[-1].speaker is Speaker.AGENT:
            self._screen.line(evidence_line(turn), "bold")

    def _stop(self, session: "Session", why: str) -> None:
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops a thing may press twice
        try:
            self._screen.end_speech()
            if session.is_open:
                session.give_up(why)
            self._screen.line(f"* {why}", "yellow")
        finally:
            signal.signal(signal.SIGINT, heard)

    def _recall(self, session: "Session") -> None:
        """The end of the conversation so far; a turn that was cut off goes on."""
        for entry in session.entries[-_RECALLED:]:
            if entry.speaker is Speaker.USER:
                self._screen.line(f"> {entry.text}")
            elif entry.speaker is Speaker.AGENT:
                self._screen.block(entry.text)
            else:
                self._screen.line(f"* {_short(entry)}", "dim")
        if session.is_open:
            self._screen.line("* going on where it was cut off", "dim")
            self._work(session, None)

    def _command(self, line: str) -> bool:
        """Run a slash command; False ends the conversation."""
        match line:
            case "/quit":
                return False
            case "/help":
                self._help()
            case "/tools":
                self._tools()
            case "/undo":
                self._undo()
            case "/sessions":
                for about in self._sessions.all():
                    here = "  (this one)" if about == self._about else ""
                    self._screen.line(f"{about}{here}")
            case _:
                self._screen.line(f"there is no {line.split()[0]}; {', '.join(COMMANDS)}")
        return True

    def _help(self) -> None:
        self._screen.line("Say in English what you want, or call a tool by its name:")
        for usage in USAGE:
            self._screen.block(usage)
        for name, about in COMMANDS.items():
            self._screen.line(f"{name:<10} {about}")
        self._screen.line("Ctrl-C stops what is being done. No file changes before you say yes.")

    def _tools(self) -> None:
        from hdlsmith.agent.chat.tools import TOOLS

        for tool in TOOLS:
            self._screen.line(f"{tool.name:<9} {tool.__doc__}")

    def _undo(self) -> None:
        try:
            if self._session is None:
                raise InputError("nothing was changed in this conversation")
            self._screen.diff(unified(self._session.undo()))
        except HdlsmithError as error:
            self._screen.line(error.message)


def _short(entry: Entry) -> str:
    """The line of a tool call, as far as it was kept; of a note its text."""
    summary = entry.text.partition("\n")[0]
    return f"{json.loads(entry.call)['tool']} -> {summary}" if entry.call else summary
