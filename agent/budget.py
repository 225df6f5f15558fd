"""When to stop: attempts, tokens, money, wall time."""

from hdlsmith.agent.state import State
from hdlsmith.settings import BudgetSettings


def spent(state: State, budget: BudgetSettings) -> str:
    """Which budget is used up, in words; "" while there is some of each left."""
    usage, attempts = state["usage"], len(state.get("attempts", ()))
    if attempts >= budget.attempts:
        return f"{attempts} of {budget.attempts} attempts"
    if usage.tokens >= budget.tokens:
        return f"{usage.tokens:,} of {budget.tokens:,} tokens"
    if usage.usd >= budget.usd:
        return f"${usage.usd:.4f} of ${budget.usd:.2f}"
    if state.get("elapsed_s", 0.0) >= budget.wall_s:
        return f"{state['elapsed_s']:.0f} of {budget.wall_s:.0f} seconds"
    return ""
