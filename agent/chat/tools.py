"""The tools of a conversation, and which of them a model may choose from at a step."""

from hdlsmith.agent.chat.calls import Kind, Say, ToolCall
from hdlsmith.agent.chat.changing import Debug, Replace, Solve
from hdlsmith.agent.chat.judging import Lint, Simulate
from hdlsmith.agent.chat.looking import Explain, Read, Search, Trace
from hdlsmith.agent.chat.state import Entry, Speaker
from hdlsmith.agent.routing import Intent, route

TOOLS: tuple[type[ToolCall], ...] = (
    Search,
    Explain,
    Trace,
    Read,
    Lint,
    Simulate,
    Debug,
    Solve,
    Replace,
)

_MOST_CALLS = 8
"""In one turn; then the model must speak."""

_FIRST: dict[Intent, tuple[Kind, ...]] = {
    Intent.SEARCH: (Search, Explain, Trace, Read),
    Intent.EXPLAIN: (Explain, Search, Trace, Read),
    Intent.TRACE: (Trace, Search),
    Intent.LINT: (Lint, Search),
    Intent.SIMULATE: (Simulate, Search, Read),
    Intent.DEBUG: (Debug, Simulate, Search, Read),
}
"""Who is asked about the user's design looks before he speaks, and a weak model at what is near."""


def offered(line: str, turn: tuple[Entry, ...]) -> tuple[Kind, ...]:
    """What the model may do next.

    Args:
        turn: what was said and found since the user's line, that included.
    """
    if turn[-1].speaker is Speaker.NOTE:  # the user did not allow a change
        return (Say,)
    calls = [entry.call for entry in turn if entry.speaker is Speaker.TOOL]
    if len(calls) >= _MOST_CALLS or (len(calls) > 1 and calls[-1] == calls[-2]):
        return (Say,)
    everything: tuple[Kind, ...] = (*TOOLS, Say)
    return everything if calls else _FIRST.get(route(line).intent, everything)
