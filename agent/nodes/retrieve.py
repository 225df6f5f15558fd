"""Retrieve: what the user's own repository says about the request."""

import re

from langgraph.runtime import Runtime

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.state import Event, State
from hdlsmith.display import counted
from hdlsmith.retrieval.nodes import Evidence
from hdlsmith.retrieval.searching.query import Query

_MOST_PLACES = 4
_BUDGET_TOKENS = 1200
"""Enough for a few cones; a small model's whole context is 4,096."""

_NAME = re.compile(r"`([A-Za-z_]\w*)`|\b([A-Za-z]\w*_\w*)\b")


def retrieve(state: State, runtime: Runtime[Deps]) -> State:
    """Evidence and house style out of the repository's index, where there is one."""
    repository, watch = runtime.context.repository, runtime.context.watch
    if repository is None:
        return {}
    request, house = state["task"].request, repository.conventions()
    evidence: tuple[Evidence, ...] = ()
    # Code that merely resembles the request does harm: a small model copies it.
    if any(repository.knows(a or b) for a, b in _NAME.findall(request)):
        query = Query(request, k=_MOST_PLACES, budget_tokens=_BUDGET_TOKENS)
        evidence = repository.gather(query)
    what = f"conventions and {counted(len(evidence), 'place')}" if evidence else "conventions"
    watch.event(
        Event(
            "retrieve",
            f"{what} of {repository.name}",
            {
                "evidence": [f"{found.places[0]}: {found.reason}" for found in evidence],
                "house_style": list(house.seen),
            },
        )
    )
    return {"retrieved": evidence, "house": house}
