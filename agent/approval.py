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
    """Stops for a yes if the next answer could take what was spent past what is allowed.

    Only its longest possible answer is reckoned with, not its prompt. Each yes allows
    `budget.approve_usd` more.
    """
    deps, spent_usd = runtime.context, state["usage"].usd
    limit_usd = deps.budget.approve_usd
    seat = deps.models.seat(role, tier_now(state.get("attempts", ()), deps))
    if not deps.approve or spent_usd + seat.answer_usd <= state.get("allowed_usd", limit_usd):
        return {}
    interrupt(
        f"${spent_usd:.4f} spent on {state['usage'].calls} calls; next, {seat.model.name}"
        f" ({role}) may answer for up to ${seat.answer_usd:.4f}. Go on?"
    )
    return {"allowed_usd": spent_usd + max(seat.answer_usd, limit_usd)}
