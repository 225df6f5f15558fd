"""Retrieve: what the user's own repository says about the request."""

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Event, State
from hdlsmith.display import counted
from hdlsmith.retrieval.searching.query import Query

_MOST_PLACES = 4
_BUDGET_TOKENS = 500
"""Enough for a cone or two: a small model copies what it sees instead of reading the request."""


def retrieve(state: State, runtime: Runtime[Deps]) -> State:
    """Evidence and house style out of the repository's index, where there is one."""
    repository, watch = runtime.context.repository, runtime.context.watch
    if repository is None:
        return {}
    query = Query(state["task"].request, k=_MOST_PLACES, budget_tokens=_BUDGET_TOKENS)
    evidence, house = repository.gather(query), repository.conventions()
    watch.event(
        Event(
            "retrieve",
            f"{counted(len(evidence), 'place')} of {repository.name}",
            {
                "evidence": [f"{found.places[0]}: {found.reason}" for found in evidence],
                "house_style": list(house.seen),
            },
        )
    )
    return {"retrieved": evidence, "house": house}
