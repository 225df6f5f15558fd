"""The services that nodes work with; handed in by LangGraph's runtime, never kept in the state."""

from dataclasses import dataclass
from typing import Protocol

from hdlsmith.agent.models import ChatModel, Sampling
from hdlsmith.agent.repository import Repository
from hdlsmith.agent.state import Event
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import BudgetSettings, Settings


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
        sample: which repetition of the same task this is; part of every request, so that a
            replay can tell samples apart.
    """

    model: ChatModel
    sampling: Sampling
    watch: Watch
    sample: int = 0


@dataclass(frozen=True, kw_only=True)
class Deps(ModelDeps):
    """
    Attributes:
        verilator: None where it is not installed; linting is then pyslang's alone.
        repository: the user's own code, behind its index; None where nothing is indexed.
    """

    icarus: Icarus
    verilator: Verilator | None
    budget: BudgetSettings
    repository: Repository | None = None


def make_deps(
    settings: Settings,
    icarus: Icarus,
    model: ChatModel,
    sampling: Sampling,
    watch: Watch,
    repository: Repository | None = None,
) -> Deps:
    """The services as the settings want them."""
    return Deps(
        model=model,
        icarus=icarus,
        verilator=Verilator.find(settings, icarus.cage),
        budget=settings.budget,
        sampling=sampling,
        watch=watch,
        repository=repository,
    )
