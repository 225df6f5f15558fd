"""The ladder of models, from cheap to strong: whose turn it is, and what each has earned."""

from collections.abc import Iterable
from dataclasses import replace

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.models import Usage
from hdlsmith.agent.seats import Models
from hdlsmith.agent.state import Account, Attempt, Call
from hdlsmith.sandbox.results import Outcome


def tier_now(attempts: tuple[Attempt, ...], deps: Deps) -> int:
    """The tier, from 0, that makes the next attempt: the next one up, where one has failed.

    A tier has failed when its designs are spent and we are asked for another. The first has at
    least as many as there are candidates to choose from; the last goes on.
    """
    tier = max((attempt.tier for attempt in attempts), default=0)
    made = sum(attempt.tier == tier and not attempt.origin for attempt in attempts)
    may_make = deps.models.tiers[tier].attempts
    if tier == 0:
        may_make = max(may_make, deps.budget.candidates)
    is_last = tier == len(deps.models.tiers) - 1
    return tier if is_last or made < may_make else tier + 1


def made_below(attempts: tuple[Attempt, ...], tier: int) -> int:
    """How many attempts were made before a tier had its turn."""
    return sum(attempt.tier < tier for attempt in attempts)


def accounts(
    calls: Iterable[Call], attempts: tuple[Attempt, ...], chosen: int, models: Models
) -> tuple[Account, ...]:
    """What each model that was asked cost and earned, in the order of the first calls.

    Args:
        chosen: number of the attempt that the answer is from.
    """
    found: dict[str, Account] = {}
    for call in calls:
        before = found.get(call.seat, Account(call.seat, call.model, Usage()))
        found[call.seat] = replace(before, usage=before.usage + call.usage)
    for attempt in attempts:
        if attempt.origin:
            continue  # made by rule
        seat = models.seat(attempt.role, attempt.tier).name
        found[seat] = replace(
            found[seat],
            attempts=found[seat].attempts + 1,
            through_gate=found[seat].through_gate + attempt.gate_passed,
            verified=found[seat].verified + _verified(attempt),
            chosen=found[seat].chosen or attempt.number == chosen,
        )
    return tuple(found.values())


def _verified(attempt: Attempt) -> bool:
    return attempt.simulation is not None and attempt.simulation.outcome is Outcome.PASS
