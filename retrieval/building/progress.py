"""How far a long piece of work has come."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress(Protocol):
    """What is told of a long piece of work."""

    def start(self, phase: str, total: int) -> None:
        """A phase of so many steps begins."""

    def advance(self, steps: int = 1) -> None:
        """So many steps of the phase are done."""


class Silent:
    """Tells nobody."""

    def start(self, phase: str, total: int) -> None: ...

    def advance(self, steps: int = 1) -> None: ...


class Told:
    """A bar on a terminal; elsewhere one plain line a phase. Speaks on stderr."""

    def __init__(self) -> None:
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._done, self._shown, self._total = 0, 0, 0
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            # No thread of its own: workers are forked while it runs.
            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                auto_refresh=False,
                transient=True,
            )

    def __enter__(self) -> "Told":
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def start(self, phase: str, total: int) -> None:
        if self._bar:
            self._task = self._bar.add_task(phase, total=total)
            self._bar.refresh()
        elif total:
            print(f"{phase}: {total:,}", file=sys.stderr, flush=True)
        self._done, self._shown, self._total = 0, 0, total

    def advance(self, steps: int = 1) -> None:
        self._done += steps
        enough = self._done - self._shown >= self._total / 100 or self._done == self._total
        if self._bar and self._task is not None and enough:
            self._bar.update(self._task, completed=self._done)
            self._bar.refresh()
            self._shown = self._done
