"""Which model answers whom: a ladder from cheap to strong, and models of single roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hdlsmith.agent.models import ChatModel, Sampling
from hdlsmith.roles import Role


@dataclass(frozen=True)
class Seat:
    """A model in its place.

    Attributes:
        name: `tier 1`, `tier 2`, … or the role whose own model it is.
        attempts: designs written or rewritten here before the next tier is asked.
        answer_usd: what an answer of full length costs, without its prompt.
    """

    name: str
    model: ChatModel
    sampling: Sampling
    attempts: int = 1
    answer_usd: float = 0.0


@dataclass(frozen=True)
class Models:
    """
    Attributes:
        tiers: from cheap to strong, at least one.
        apart: roles that have a model of their own, and so no tiers.
    """

    tiers: tuple[Seat, ...]
    apart: Mapping[Role, Seat] = field(default_factory=dict)

    @classmethod
    def only(cls, model: ChatModel) -> "Models":
        """One model for everything."""
        return cls((Seat("tier 1", model, Sampling()),))

    def seat(self, role: Role, tier: int = 0) -> Seat:
        """Who answers this role at this tier, counted from 0."""
        return self.apart.get(role) or self.tiers[tier]

    @property
    def are_several(self) -> bool:
        """Whether it matters who answered."""
        return len(self.tiers) + len(self.apart) > 1

    @property
    def name(self) -> str:
        """For reports: the models' names, `cheap > strong; debug: its own`."""
        ladder = " > ".join(seat.model.name for seat in self.tiers)
        return "; ".join([ladder, *(f"{s.name}: {s.model.name}" for s in self.apart.values())])

    @property
    def identity(self) -> tuple[str, ...]:
        """All of it that decides answers; a server may move to another port."""
        seats = (*self.tiers, *self.apart.values())
        return tuple(f"{s.name} {s.model.name} {s.sampling} {s.attempts}" for s in seats)
