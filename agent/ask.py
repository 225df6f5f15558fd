"""Answer a question about the user's repository; every citation is checked against its index."""

import re
from dataclasses import dataclass

from hdlsmith.agent.asking import ask
from hdlsmith.agent.deps import ModelDeps
from hdlsmith.agent.models import Usage
from hdlsmith.agent.repository import Repository
from hdlsmith.agent.state import Event, Task
from hdlsmith.display import counted
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.retrieval.nodes import Evidence
from hdlsmith.retrieval.searching.query import Query
from hdlsmith.roles import Role

_PIECES = 8
_BUDGET_TOKENS = 2400
_CITATION = re.compile(  # and no bit select: those follow a name, or end in :0
    r"(?<![\w\]])\[(?P<piece>\d{1,3})(?::(?P<line>[1-9]\d{0,6}))?(?:-\d{1,7})?\]"
)
_PATH_LINE = re.compile(r"(?<![\w./+-])(?P<path>[\w./+-]*\w\.\w{1,5}):(?P<line>\d{1,7})\b")
_REMOVED = "[citation removed: no such place]"


@dataclass(frozen=True)
class Reply:
    """
    Attributes:
        text: with citations as `path:line`, each of which is a line of a shown piece.
        cited: the places in it, in order, each once.
        removed: how many citations named a place that was not shown.
        evidence: the pieces that the model was shown.
    """

    question: str
    text: str
    cited: tuple[str, ...]
    removed: int
    evidence: tuple[Evidence, ...]
    usage: Usage


def ask_repository(question: str, repository: Repository, deps: ModelDeps) -> Reply:
    """Retrieve, let the model answer, check what it cites.

    Raises:
        InputError: the question is empty.
        ModelError: the endpoint failed.
    """
    evidence = repository.gather(Query(question, k=_PIECES, budget_tokens=_BUDGET_TOKENS))
    watch = deps.watch
    watch.event(Event("retrieve", f"{counted(len(evidence), 'place')} of {repository.name}"))
    if not evidence:
        return Reply(question, "Nothing in the index bears on this.", (), 0, (), Usage())
    # Paths and names are foreign text like the code itself: all of it goes into the fence.
    pieces = [f"{e.places[0]} ({e.reason}):\n\n{numbered(e)}" for e in evidence]
    prompt = load_prompt("ask").render(question=question, pieces=pieces)
    completion = ask(deps, Task(question), prompt, role=Role.ASK)
    text, cited, removed = check_citations(completion.text.strip(), evidence)
    if removed:
        watch.event(Event("check", f"{counted(removed, 'citation')} of no shown place removed"))
    return Reply(question, text, cited, removed, evidence, completion.usage)


def numbered(evidence: Evidence) -> str:
    """A piece's source lines, each behind its number in the file."""
    numbered = zip(evidence.lines, evidence.text.split("\n"), strict=True)
    return "\n".join(f"{number or '':>5}  {line}" for number, line in numbered)


def check_citations(text: str, evidence: tuple[Evidence, ...]) -> tuple[str, tuple[str, ...], int]:
    """The text with its citations as `path:line`, those places, and how many had to go.

    A citation stands if it names a line of a shown piece: `[2:57]`, `[2]` (its first line), or
    `path:57`, where a file name alone will do.
    """
    cited: dict[str, None] = {}
    removed = 0

    def checked(place: str) -> str:
        nonlocal removed
        if not place:
            removed += 1
            return _REMOVED
        cited[place] = None
        return place

    def by_number(match: re.Match[str]) -> str:
        number = int(match["piece"])
        if not 1 <= number <= len(evidence):
            return checked("")
        piece = evidence[number - 1]
        line = int(match["line"] or piece.lines[0])
        place = f"{piece.places[0].path}:{line}"
        return f"[{checked(place)}]" if line in piece.lines else checked("")

    def by_path(match: re.Match[str]) -> str:
        line = int(match["line"])
        for piece, place in ((e, place) for e in evidence for place in e.places):
            named = f"/{place.path}".endswith(f"/{match['path']}")
            shown = line - place.start_line + piece.places[0].start_line
            if named and shown in piece.lines:
                return checked(f"{place.path}:{line}")
        return checked("")

    # Paths first: what stands for a number is a path then, and known to be right.
    text = _PATH_LINE.sub(by_path, text)
    text = _CITATION.sub(by_number, text)
    return text, tuple(cited), removed
