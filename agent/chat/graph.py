"""One turn of a conversation as a graph: hear, choose a tool, run it, ask before a change."""

from contextvars import Context
from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt

from hdlsmith.agent.asking import ask
from hdlsmith.agent.chat.calls import Finding, Say, parse_action, parse_call, schema_of, written
from hdlsmith.agent.chat.plain import plain_call
from hdlsmith.agent.chat.state import Conversation, Entry, Speaker, remembered, this_turn
from hdlsmith.agent.chat.tools import TOOLS, offered
from hdlsmith.agent.chat.watch import Listening
from hdlsmith.agent.chat.workbench import Workbench
from hdlsmith.agent.deps import ModelDeps
from hdlsmith.agent.routing import route
from hdlsmith.agent.state import Event, Task
from hdlsmith.display import one_line
from hdlsmith.errors import HdlsmithError, InputError, ModelError
from hdlsmith.languages import Language
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role

ALLOWED = "yes"
"""The one word that lets a change happen; it comes from whoever resumes the graph."""

_FOUND_CHARS = 6_000
_MISFIRES = 3

Graph = CompiledStateGraph[Conversation, Workbench, Conversation, Conversation]


def build_graph(checkpointer: "BaseCheckpointSaver[Any]") -> Graph:
    """hear -> choose -> act (-> approve -> refresh) -> choose … until the model speaks.

    A tool that the user calls by its name goes hear -> act and that is all.
    """
    graph = StateGraph(Conversation, context_schema=Workbench)
    graph.add_node("hear", hear)
    graph.add_node("choose", choose)
    graph.add_node("act", act)
    graph.add_node("approve", approve)
    graph.add_node("refresh", refresh)
    graph.add_edge(START, "hear")
    graph.add_edge("approve", "refresh")
    for node in ("hear", "choose", "act", "refresh"):
        graph.add_conditional_edges(node, _next)
    return graph.compile(checkpointer=checkpointer)


def _next(state: Conversation) -> Literal["act", "approve", "choose", "__end__"]:
    if state.get("proposal"):
        return "approve"
    if state.get("call"):
        return "act"
    over = state.get("plain") or state["entries"][-1].speaker is Speaker.AGENT
    return "__end__" if over or state.get("stopped") else "choose"


def hear(state: Conversation, runtime: Runtime[Workbench]) -> Conversation:
    """Take the user's line down; a tool called by its name needs nobody to choose it."""
    bench = runtime.context
    line = bench.secrets.hide(state["line"])
    call = plain_call(line, bench.root)
    bench.watch.event(Event("hear", line))
    return {
        "line": line,
        "entries": remembered((*state.get("entries", ()), Entry(Speaker.USER, line))),
        "call": written(call) if call else "",
        "plain": call is not None,
        "proposal": None,
        "stopped": False,
    }


def choose(state: Conversation, runtime: Runtime[Workbench]) -> Conversation:
    """Let the model pick its next tool, or speak; what it says is shown as it comes."""
    bench = runtime.context
    entries, turn = state["entries"], this_turn(state["entries"])
    kinds = offered(state["line"], turn)
    prompt = load_prompt("chat").render(
        tools=TOOLS, entries=entries, offered=[kind.name for kind in kinds]
    )
    listening = Listening(bench.watch, bench.screen)
    bench.screen.working("thinking")
    misfires = sum(entry.speaker is Speaker.TOOL and not entry.call for entry in turn)
    completion = ask(
        ModelDeps(models=bench.models, watch=listening),
        Task(state["line"], route(state["line"]).language or Language.SYSTEMVERILOG),
        prompt,
        schema_of(kinds),
        role=Role.CHAT,
        retry=misfires,
    )
    try:
        action = parse_action(completion.text, kinds)
    except InputError as error:
        bench.screen.end_speech()
        bench.screen.line(f"* {error.message}", "dim")
        if misfires + 1 >= _MISFIRES:
            raise ModelError(
                "the model names no usable tool", remedy="say it in other words"
            ) from error
        text = f"{error.message}; {error.remedy}"
        return {"entries": (*entries, Entry(Speaker.TOOL, text)), "call": ""}
    if not isinstance(action, Say):
        return {"call": written(action)}
    listening.finish(action.text)
    return {"entries": (*entries, Entry(Speaker.AGENT, action.text)), "call": ""}


def act(state: Conversation, runtime: Runtime[Workbench]) -> Conversation:
    """Run the tool; that it can't is an answer too."""
    bench = runtime.context
    call = parse_call(state["call"], TOOLS)
    with bench.screen.called(call.name, call.about) as outcome:
        try:
            # In a context of its own: a graph inside must not take itself for a part of ours.
            found = Context().run(call.run, bench, state.get("changes", ()))
        except HdlsmithError as error:
            text = f"not done: {error.message}" + f"; {error.remedy}" * bool(error.remedy)
            found = Finding(text, "")
        outcome.append(found.summary)
    if state["plain"] and found.text:
        bench.screen.block(found.text)
    text = bench.secrets.hide(f"{found.summary}\n{found.text}".strip())
    text = text if len(text) <= _FOUND_CHARS else f"{text[:_FOUND_CHARS]}\n(cut off here)"
    entry = Entry(
        Speaker.TOOL, text, bench.secrets.hide(state["call"]), found.evidence, found.standing
    )
    bench.watch.event(Event("act", found.summary, {"call": state["call"], "found": text}))
    return {"entries": (*state["entries"], entry), "call": "", "proposal": found.proposal}


def approve(state: Conversation, runtime: Runtime[Workbench]) -> Conversation:
    """Change the files if the user, and nobody else, says yes."""
    bench = runtime.context
    change = state["proposal"]
    assert change
    said = interrupt(change.why)
    changes = state.get("changes", ())
    paths = ", ".join(edit.path for edit in change.edits)
    entry = Entry(Speaker.NOTE, "the user did not allow the change")
    if said == ALLOWED:
        try:
            bench.root.apply(change)
            changes = (*changes, change)
            entry = Entry(Speaker.CHANGE, one_line(f"the user allowed it: {paths} changed"))
        except InputError as error:
            entry = Entry(Speaker.NOTE, one_line(f"the change could not be made: {error}"))
    made = entry.speaker is Speaker.CHANGE
    bench.screen.line(f"* changed {paths} (/undo)" if made else f"* {entry.text}", "dim")
    bench.watch.event(Event("approve", entry.text))
    return {"entries": (*state["entries"], entry), "changes": changes, "proposal": None}


def refresh(state: Conversation, runtime: Runtime[Workbench]) -> None:
    """The index follows a change, a step of its own: whatever happens here, the change is known."""
    if state["entries"][-1].speaker is Speaker.CHANGE:
        runtime.context.refresh()
