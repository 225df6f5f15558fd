"""One conversation, held open by this process: its graph, on its checkpoints."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from hdlsmith.agent.chat.graph import ALLOWED, build_graph
from hdlsmith.agent.chat.root import reversed_change
from hdlsmith.agent.chat.state import Change, Conversation, Entry, Speaker
from hdlsmith.agent.chat.workbench import Workbench
from hdlsmith.agent.checkpoints import forget_steps
from hdlsmith.agent.runs import hold
from hdlsmith.display import one_line
from hdlsmith.errors import InputError

_THREAD = "chat"
_CONFIG: RunnableConfig = {"configurable": {"thread_id": _THREAD}, "recursion_limit": 100}


class Session:
    """A turn is open while it runs, after it was cut off, and while it waits for the user."""

    def __init__(self, checkpointer: SqliteSaver, bench: Workbench) -> None:
        self._checkpointer = checkpointer
        self._graph = build_graph(checkpointer)
        self._bench = bench

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was said and found; the newest last."""
        return self._state.get("entries", ())

    @property
    def proposal(self) -> Change | None:
        """A change that waits for the user's word."""
        return self._state.get("proposal")

    @property
    def is_open(self) -> bool:
        """Whether a turn is."""
        return bool(self._graph.get_state(_CONFIG).next)

    @property
    def _state(self) -> Conversation:
        values: Any = self._graph.get_state(_CONFIG).values
        return values  # type: ignore[no-any-return]

    def say(self, line: str) -> None:
        """A line of the user's; returns when the turn is over, or waits for his word.

        Raises:
            HdlsmithError: the model or the sandbox failed; the turn stays open.
        """
        self._run({"line": line})

    def go_on(self) -> None:
        """Take an open turn up after its last finished step.

        Raises:
            HdlsmithError: as `say`.
        """
        self._run(None)

    def answer(self, *, allowed: bool) -> None:
        """The user's word about the proposal.

        Raises:
            HdlsmithError: as `say`.
        """
        self._run(Command(resume=ALLOWED if allowed else ""))

    def give_up(self, why: str) -> None:
        """End the open turn."""
        self._note(Entry(Speaker.NOTE, one_line(why)))

    def undo(self) -> Change:
        """Take the last change back; returns what that changed.

        Raises:
            InputError: there is none, or a file is no longer as the change left it.
        """
        changes = self._state.get("changes", ())
        if not changes:
            raise InputError("nothing was changed in this conversation, or all is taken back")
        back = reversed_change(changes[-1])
        self._bench.root.apply(back)
        paths = ", ".join(edit.path for edit in back.edits)
        entry = Entry(Speaker.CHANGE, one_line(f"the user took the change of {paths} back"))
        self._note(entry, changes[:-1])
        self._bench.refresh()
        return back

    def _note(self, entry: Entry, changes: tuple[Change, ...] | None = None) -> None:
        update: Conversation = {
            "entries": (*self.entries, entry),
            "call": "",
            "proposal": None,
            "stopped": True,
        }
        if changes is not None:
            update["changes"] = changes
        self._graph.update_state(_CONFIG, update, as_node="choose")
        forget_steps(self._checkpointer, _THREAD)

    def _run(self, given: Any) -> None:
        # Each step is on disk before the next begins: a kill loses the one that was running.
        self._graph.invoke(given, _CONFIG, context=self._bench, durability="sync")
        forget_steps(self._checkpointer, _THREAD)


@contextmanager
def open_session(folder: Path, bench: Workbench) -> Iterator[Session]:
    """The conversation in a folder.

    Raises:
        InputError: another process is in it, or it can't be read.
        SandboxError: its checkpoints can't be used.
    """
    with hold(folder, Conversation) as (checkpointer, transcript):
        bench.watch.transcript = transcript
        session = Session(checkpointer, bench)
        try:
            _ = session.entries
        except sqlite3.Error:
            raise
        except Exception as error:  # whatever bytes that are no checkpoint lead a decoder to
            raise InputError(
                f"the conversation in {folder} is damaged: {error!a}", remedy="begin another one"
            ) from error
        yield session
