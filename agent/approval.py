"""`--approve`: the loop stops for a yes before it spends past a limit or writes a file.

Stops are LangGraph interrupts: the checkpoint holds them, so that a yes may come days later and
from another process. Nothing of a node's work is done before its stop.
"""

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.ladder import tier_now
from hdlsmith.agent.state import State
from hdlsmith.roles import Role


def leave_to_spend(state: State, runtime: Runtime[Deps], role: Role) -> State:
    """Stops for a yes if the next answers could take what was spent past what is allowed.

    Only their longest possible text is reckoned with, not the prompt. Each yes allows
    `budget.approve_usd` more.
    """
    deps, spent_usd = runtime.context, state["usage"].usd
    limit_usd = deps.budget.approve_usd
    climbs = role in (Role.WRITE, Role.REPAIR)
    seat = deps.models.seat(role, tier_now(state.get("attempts", ()), deps) if climbs else 0)
    answers_usd = seat.answer_usd * (deps.budget.tests if role is Role.TEST else 1)
    if not deps.approve or spent_usd + answers_usd <= state.get("allowed_usd", limit_usd):
        return {}
    interrupt(
        f"${spent_usd:.4f} spent on {state['usage'].calls} calls; next, {seat.model.name}"
        f" ({role}) may answer for up to ${answers_usd:.4f}. Go on?"
    )
    return {"allowed_usd": spent_usd + max(answers_usd, limit_usd)}
