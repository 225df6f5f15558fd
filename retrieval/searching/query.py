"""What is asked of the index."""

from dataclasses import dataclass

from hdlsmith.errors import InputError
from hdlsmith.retrieval.nodes import BLOCKS, SCOPES, Kind

MAX_RESULTS = 1000

KIND_GROUPS: dict[str, tuple[Kind, ...]] = {
    **{str(kind): (kind,) for kind in Kind},
    "block": (*BLOCKS, Kind.FSM),
    "scope": SCOPES,
    "net": (Kind.PORT, Kind.SIGNAL),
}
"""What `--kind` takes: a kind by its name, or a family of kinds."""


@dataclass(frozen=True)
class Query:
    """One question to the index.

    Attributes:
        text: plain words, identifiers, a dotted path, or all of them; any text is safe.
        kinds: only nodes of these kinds; empty for all.
        module: only nodes in modules of this name (letter case does not matter).
        signal: a net, port or parameter that the question is about; it is a seed of its own.
        k: at most that many results.
        budget_tokens: of what `gather` returns; a token is taken as four characters.
    """

    text: str
    kinds: tuple[Kind, ...] = ()
    module: str = ""
    signal: str = ""
    k: int = 10
    budget_tokens: int = 2000

    def __post_init__(self) -> None:
        if not (self.text.strip() or self.module or self.signal):
            raise InputError(
                "there is nothing to search for", remedy='hdlsmith search "counter that wraps"'
            )
        if not 1 <= self.k <= MAX_RESULTS:
            raise InputError(f"k must be 1 to {MAX_RESULTS}, not {self.k}")
        if self.budget_tokens < 1:
            raise InputError(f"a budget must be positive, not {self.budget_tokens} tokens")


def parse_kinds(names: list[str]) -> tuple[Kind, ...]:
    """The kinds that names and names of families stand for.

    Raises:
        InputError: no such kind; lists the choices.
    """
    unknown = [name for name in names if name.lower() not in KIND_GROUPS]
    if unknown:
        raise InputError(
            f"no kind called {unknown[0]!r}", remedy=f"one of: {', '.join(KIND_GROUPS)}"
        )
    return tuple(dict.fromkeys(kind for name in names for kind in KIND_GROUPS[name.lower()]))
