"""Deliver: the design's files, into the user's folder; under `--approve` only after a yes.

The yes comes back as the question that it was given to: a file may have changed since.
"""

import difflib
from dataclasses import replace
from pathlib import Path

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Answer, Event, State
from hdlsmith.errors import InputError


def deliver(state: State, runtime: Runtime[Deps]) -> State:
    """Put the files there; where that changes anything, a stop shows the difference first.

    Raises:
        InputError: a file can't be written.
    """
    deps, answer = runtime.context, state["answer"]
    if deps.out is None:
        return {}
    files = {deps.out / file.path: file.text for file in answer.files}
    changed = {path: text for path, text in files.items() if _there(path) != text}
    if changed and deps.approve:
        question = _question(answer, changed)
        while interrupt(question) != question:
            pass  # that yes was to another difference: ask about this one
    for path, text in changed.items():
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from error
    written = tuple(map(str, files))
    deps.watch.event(Event("deliver", f"written: {', '.join(written)}"))
    return {"answer": replace(answer, written=written)}


def _there(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return None


def _question(answer: Answer, changed: dict[Path, str]) -> str:
    verdict = f"{answer.verdict.upper()}: {answer.because}"
    names = ", ".join(map(str, changed))
    return "\n".join([*map(_diff, changed, changed.values()), verdict, f"Write {names}?"])


def _diff(path: Path, text: str) -> str:
    """From what is there to what is new, as `diff -u` has it."""
    before = _there(path)
    source = "/dev/null" if before is None else str(path)
    old, new = (before or "").splitlines(), text.splitlines()
    return "\n".join(difflib.unified_diff(old, new, source, str(path), lineterm=""))
