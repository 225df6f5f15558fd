"""Explain a target: the computed page, and around it those of a model's claims that stand."""

from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass, field, replace

from hdlsmith.agent.asking import ask
from hdlsmith.agent.budget import used_up
from hdlsmith.agent.deps import ModelDeps
from hdlsmith.agent.explaining.checking import check_all
from hdlsmith.agent.explaining.claims import SCHEMA, Checked, Verdict, claims_in
from hdlsmith.agent.explaining.grain import Grain
from hdlsmith.agent.explaining.markdown import section_blocks
from hdlsmith.agent.explaining.page import Page, Section, code
from hdlsmith.agent.explaining.target import Target
from hdlsmith.agent.explaining.views import evidence, sections_at
from hdlsmith.agent.models import Usage
from hdlsmith.agent.state import Event, Task
from hdlsmith.display import counted
from hdlsmith.errors import ModelError
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role
from hdlsmith.settings import BudgetSettings

_MOST_CLAIMS = 6
"""Of one section."""
_FACTS_CHARACTERS = 4000
_SOURCE_CHARACTERS = 7000
"""Of a prompt: facts, source and answer together fit the local model's 8,192 tokens."""
_NOBODY_ASKED = " No model was asked."
_TOLD = ("summary", "declarations", "ports", "clocks", "memories", "crossings", "processes")
"""Sections of a module that words add something to, beside state machines, blocks and lines."""


@dataclass(frozen=True)
class Score:
    """
    Attributes:
        value: from 1, bad, to 5, very good.
    """

    criterion: str
    value: int
    reason: str


@dataclass(frozen=True)
class Judgement:
    """
    Attributes:
        model: who judged.
    """

    scores: tuple[Score, ...]
    model: str
    usage: Usage


@dataclass(frozen=True)
class Explanation:
    """
    Attributes:
        refuted: claims that did not stand; they are in no page.
        stopped_by: the budget that ended the prose, or empty.
        failure: of the endpoint, which ended it; what it said before stands.
        judgement: None where nobody was asked for one.
    """

    target: Target
    grain: Grain
    page: Page
    refuted: tuple[Checked, ...] = ()
    usage: Usage = field(default_factory=Usage)
    stopped_by: str = ""
    failure: ModelError | None = None
    judgement: Judgement | None = None


def explain(target: Target, grain: Grain, command: str) -> Explanation:
    """What is computed of a target; asks nobody.

    Args:
        command: that does the same, for the page to name.
    """
    title = code(target.anatomy.module)
    if grain is not Grain.MODULE and target.name != target.anatomy.module:
        title += f": {code(target.name)}"
    stale = " as it was indexed, and it has changed since" if target.is_stale else ""
    origin = f"Computed by {code(command)} from the source{stale}.{_NOBODY_ASKED}"
    return Explanation(target, grain, Page(title, origin, sections_at(target, grain)))


def with_prose(explained: Explanation, deps: ModelDeps, budget: BudgetSettings) -> Explanation:
    """The explanation with those of a model's claims that the source does not refute."""
    sections: list[Section] = []
    refuted: list[Checked] = []
    told: set[str] = set()
    usage, stopped_by, failure = Usage(), "", None
    for section in explained.page.sections:
        stopped_by = stopped_by or used_up(0, usage, usage.wall_s, budget)
        if not stopped_by and failure is None and _wants_words(section):
            try:
                claims, spent = _claims(section, explained, deps, told)
            except ModelError as error:  # the page is there all the same
                claims, spent, failure = (), Usage(), error
            usage += spent
            told.update(claim.claim.text for claim in claims)
            refuted += (claim for claim in claims if claim.verdict is Verdict.REFUTED)
            stand = (claim for claim in claims if claim.verdict is not Verdict.REFUTED)
            section = replace(section, claims=tuple(stand))
        sections.append(section)
    if stopped_by:
        deps.watch.event(Event("explain", f"stopped after {stopped_by}"))
    model = deps.models.seat(Role.EXPLAIN).model.name
    if failure and not told:
        return replace(explained, failure=failure)
    origin = (
        f"{explained.page.origin.removesuffix(_NOBODY_ASKED)} The sentences that begin its "
        f"sections are by {code(model)}; {len(refuted)} that the source refutes are left out."
    )
    page = replace(explained.page, origin=origin, sections=tuple(sections))
    return replace(
        explained,
        page=page,
        refuted=tuple(refuted),
        usage=usage,
        stopped_by=stopped_by,
        failure=failure,
    )


def _wants_words(section: Section) -> bool:
    return section.key in _TOLD or section.key.startswith(("fsm ", "block "))


def _claims(
    section: Section, explained: Explanation, deps: ModelDeps, told: Set[str]
) -> tuple[tuple[Checked, ...], Usage]:
    """What a model claims of a section and has not claimed before, checked."""
    target = explained.target
    deps.watch.event(Event("explain", section.title.replace("`", "")))
    prompt = load_prompt("explain").render(
        facts="\n\n".join(section_blocks(section))[:_FACTS_CHARACTERS],
        source=evidence(section, target, _SOURCE_CHARACTERS),
        most=_MOST_CLAIMS,
    )
    task = Task(target.name, target.anatomy.language)
    completion = ask(deps, task, prompt, SCHEMA, role=Role.EXPLAIN)
    claims = claims_in(completion.text, _MOST_CLAIMS)
    checked = check_all((claim for claim in claims if claim.text not in told), target.ground)
    for event in _events(section, checked):
        deps.watch.event(event)
    return checked, completion.usage


def _events(section: Section, checked: tuple[Checked, ...]) -> Iterator[Event]:
    for claim in checked:
        if claim.verdict is Verdict.REFUTED:
            said = f"refuted: {claim.claim.text} ({claim.why})"
            yield Event("claim", said, {"section": section.key, **asdict(claim)})
    stand = [claim for claim in checked if claim.verdict is not Verdict.REFUTED]
    confirmed = sum(claim.verdict is Verdict.CONFIRMED for claim in stand)
    yield Event(
        "claims",
        f"{counted(len(checked), 'claim')}: {confirmed} confirmed, {len(stand) - confirmed} "
        f"unchecked, {len(checked) - len(stand)} refuted",
        {"section": section.key, "stand": [asdict(claim) for claim in stand]},
    )
