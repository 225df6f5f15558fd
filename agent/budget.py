"""When to stop: attempts, tokens, money, wall time."""

from hdlsmith.agent.models import Usage
from hdlsmith.agent.state import State
from hdlsmith.settings import BudgetSettings


def spent(state: State, budget: BudgetSettings) -> str:
    """Which budget is used up, in words; "" while there is some of each left."""
    attempts = len(state.get("attempts", ()))
    return used_up(attempts, state["usage"], state.get("elapsed_s", 0.0), budget)


def used_up(attempts: int, usage: Usage, elapsed_s: float, budget: BudgetSettings) -> str:
    """As `spent`, of any loop that asks a model."""
    if attempts >= budget.attempts:
        return f"{attempts} of {budget.attempts} attempts"
    if usage.tokens >= budget.tokens:
        return f"{usage.tokens:,} of {budget.tokens:,} tokens"
    if usage.usd >= budget.usd:
        return f"${usage.usd:.4f} of ${budget.usd:.2f}"
    if elapsed_s >= budget.wall_s:
        return f"{elapsed_s:.0f} of {budget.wall_s:.0f} seconds"
    return ""
