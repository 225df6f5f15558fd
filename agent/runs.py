"""A run of `solve` on disk: checkpoints, an append-only transcript, and in the end the answer.

    <state_dir>/runs/<task>-<number>/checkpoints.sqlite   the graph's state after each node
                                     transcript.jsonl     every prompt, answer and verdict
                                     answer.json          only when it is finished

A run that was killed has no answer; the same command then takes it up where it was.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.sqlite import SqliteSaver

from hdlsmith.agent.checkpoints import make_checkpointer
from hdlsmith.agent.state import Event, State
from hdlsmith.design import digest_of
from hdlsmith.errors import InputError, SandboxError
from hdlsmith.file_lock import try_lock
from hdlsmith.json_file import write_json
from hdlsmith.jsonl import JsonlWriter

_ANSWER = "answer.json"


@dataclass(frozen=True)
class Run:
    """One run, held open by this process alone.

    Attributes:
        resumed: an earlier process began it.
    """

    folder: Path
    checkpointer: SqliteSaver
    transcript: JsonlWriter
    resumed: bool

    @property
    def name(self) -> str:
        return self.folder.name

    def note(self, event: Event) -> None:
        """Append an event to the transcript."""
        about = {"time": round(time.time(), 3), "step": event.step, "message": event.message}
        self.transcript.append({**about, **event.data})

    def finish(self, answer: dict[str, Any]) -> None:
        """Keep the answer; the next run of the same task starts afresh."""
        write_json(self.folder / _ANSWER, answer)


@contextlib.contextmanager
def open_run(state_dir: Path, *identity: str) -> Iterator[Run]:
    """The unfinished run of this task, or a new one.

    Args:
        identity: all that makes two runs the same work (task, model, prompts, tools, budget).

    Raises:
        InputError: another process is working on this very task.
        SandboxError: its checkpoints can't be read or written (full disk, damaged file).
    """
    stem = digest_of(*identity)[:12]
    root = state_dir / "runs"
    root.mkdir(parents=True, exist_ok=True)
    found = (p.name.removeprefix(f"{stem}-") for p in root.glob(f"{stem}-*"))
    numbers = sorted(int(number) for number in found if number.isdecimal())
    last = root / f"{stem}-{numbers[-1]}" if numbers else None
    resumed = last is not None and not (last / _ANSWER).exists()
    number = numbers[-1] if resumed else (numbers[-1] + 1 if numbers else 1)
    folder = root / f"{stem}-{number}"
    folder.mkdir(mode=0o700, exist_ok=True)  # it will hold the user's prompts and code
    with hold(folder) as (checkpointer, transcript):
        yield Run(folder, checkpointer, transcript, resumed)


@contextlib.contextmanager
def hold(folder: Path, state: type = State) -> Iterator[tuple[SqliteSaver, JsonlWriter]]:
    """The checkpoints and the transcript in a folder, for this process alone.

    Args:
        state: the graph's state, whose types the checkpoints may hold.

    Raises:
        InputError: another process holds it.
        SandboxError: the checkpoints can't be read or written (full disk, damaged file).
    """
    with (folder / "lock").open("w") as lock:
        if not try_lock(lock):
            raise InputError(f"another process is already working on this task ({folder})")
        try:
            connection = sqlite3.connect(folder / "checkpoints.sqlite", check_same_thread=False)
            with contextlib.closing(connection), JsonlWriter(folder / "transcript.jsonl") as out:
                yield make_checkpointer(connection, state), out
        except sqlite3.Error as error:
            raise SandboxError(
                f"the checkpoints in {folder} can't be used: {error}",
                remedy="free some space, or remove that folder to start afresh",
            ) from error
