"""The progress bar of a long run."""

import sys

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_LINE_EVERY = 50


class Bar:
    """A bar on a terminal; elsewhere a plain line now and then. Speaks on stderr."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
            console=Console(stderr=True),
            disable=not self._live,
        )
        self._task: TaskID | None = None
        self._phase, self._done, self._total = "", 0, 0

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def start(self, phase: str, total: int) -> None:
        """A new phase begins."""
        self._phase, self._done, self._total = phase, 0, total
        self._task = self._progress.add_task(phase, total=total, note="")

    def advance(self, note: str = "") -> None:
        """One more item is done. May be called from any thread."""
        self._done += 1
        if self._task is not None:
            self._progress.update(self._task, advance=1, note=note)
        if not self._live and (note or self._done % _LINE_EVERY == 0 or self._done == self._total):
            print(f"{self._phase}: {self._done}/{self._total} {note}".rstrip(), file=sys.stderr)
