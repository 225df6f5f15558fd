"""The services that nodes work with; handed in by LangGraph's runtime, never kept in the state."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from hdlsmith.agent.seats import Models
from hdlsmith.agent.state import Call, Event
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import BudgetSettings, Settings

if TYPE_CHECKING:  # it brings the whole index along
    from hdlsmith.agent.repository import Repository


class Watch(Protocol):
    """Told what the loop is doing, as it does it."""

    def event(self, event: Event) -> None:
        """A step began or ended."""
        ...

    def token(self, text: str) -> None:
        """A piece of the model's answer arrived."""
        ...


class Silent:
    """Watches nothing."""

    def event(self, event: Event) -> None:
        pass

    def token(self, text: str) -> None:
        pass


@dataclass(frozen=True, kw_only=True)
class ModelDeps:
    """What asking a model takes.

    Attributes:
        calls: takes note of every call; each node of the graph has a fresh one.
        sample: which repetition of the same task this is; part of every request, so that a
            replay can tell samples apart.
    """

    models: Models
    watch: Watch
    calls: list[Call] = field(default_factory=list)
    sample: int = 0


Part = Literal["derive", "examples", "mend", "choose"]
PARTS: tuple[Part, ...] = get_args(Part)
"""What the loop can do without, by the names of its nodes."""

Approve = Callable[[str], bool | None]
"""Puts a question to the user; None where nobody answers."""


@dataclass(frozen=True, kw_only=True)
class Deps(ModelDeps):
    """
    Attributes:
        verilator: None where it is not installed; linting is then pyslang's alone.
        repository: the user's own code, behind its index; None where nothing is indexed.
        out: where the design's files go; None writes none.
        approve: who is asked before money over the limit is spent and before files change; None
            lets both happen.
        without: parts left out, to measure what each of them adds.
    """

    icarus: Icarus
    verilator: Verilator | None
    budget: BudgetSettings
    repository: "Repository | None" = None
    out: Path | None = None
    approve: Approve | None = None
    without: frozenset[Part] = frozenset()


def make_deps(
    settings: Settings,
    icarus: Icarus,
    models: Models,
    watch: Watch,
    repository: "Repository | None" = None,
) -> Deps:
    """The services as the settings want them."""
    return Deps(
        models=models,
        icarus=icarus,
        verilator=Verilator.find(settings, icarus.cage),
        budget=settings.budget,
        watch=watch,
        repository=repository,
    )
