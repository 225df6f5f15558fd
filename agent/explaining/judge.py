"""A second model's opinion of an explanation, by a rubric. It changes nothing of the answer."""

import json
from collections.abc import Sequence
from dataclasses import replace

from hdlsmith.agent.answer_schema import record_schema
from hdlsmith.agent.asking import ask
from hdlsmith.agent.deps import ModelDeps
from hdlsmith.agent.explaining.explain import Explanation, Judgement, Score
from hdlsmith.agent.explaining.markdown import section_blocks
from hdlsmith.agent.explaining.page import Section, Table, code
from hdlsmith.agent.explaining.sections import sections_of
from hdlsmith.agent.state import Event, Task
from hdlsmith.errors import ModelError
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role

RUBRIC = ("correctness", "completeness", "clarity", "citation")
WORST, BEST = 1, 5

_HEADER = ("Criterion", "Score", "Reason")
_CHARACTERS = 6000
"""Of the explanation and of the facts, each; shared out among their sections."""
_REASON_CHARACTERS = 300
_SCORE = record_schema(
    score={"type": "integer", "minimum": WORST, "maximum": BEST}, reason={"type": "string"}
)
_SCHEMA = record_schema(**dict.fromkeys(RUBRIC, _SCORE))


def judge(explained: Explanation, deps: ModelDeps) -> Explanation:
    """The explanation with the scores that the model of the role `judge` gives it beside what was
    computed.

    Raises:
        ModelError: the endpoint failed, or answered with no scores.
    """
    prompt = load_prompt("judge").render(
        explanation=_brief(explained.page.sections),
        facts=_brief(sections_of(explained.target.anatomy)),
    )
    completion = ask(deps, Task(explained.target.name), prompt, _SCHEMA, role=Role.JUDGE)
    scores = _scores(completion.text)
    said = ", ".join(f"{score.criterion} {score.value}" for score in scores)
    deps.watch.event(Event("judge", f"{said}, of {BEST}"))
    model = deps.models.seat(Role.JUDGE).model.name
    rows = tuple((s.criterion, f"{s.value} of {BEST}", s.reason) for s in scores)
    same = model == deps.models.seat(Role.EXPLAIN).model.name
    title = f"Judged by {code(model)}{', which also explained' if same else ''}"
    section = Section("judgement", title, (Table(_HEADER, rows),))
    page = replace(explained.page, sections=(*explained.page.sections, section))
    judgement = Judgement(scores, model, completion.usage)
    return replace(explained, page=page, judgement=judgement)


def _brief(sections: Sequence[Section]) -> str:
    """Sections as Markdown, the long ones cut."""
    most = _CHARACTERS // max(1, len(sections))
    return "\n\n".join("\n\n".join(section_blocks(section))[:most] for section in sections)


def _scores(answer: str) -> tuple[Score, ...]:
    try:
        said = json.loads(answer)
        scores = tuple(
            Score(
                criterion,
                int(said[criterion]["score"]),
                " ".join(str(said[criterion].get("reason", "")).split())[:_REASON_CHARACTERS],
            )
            for criterion in RUBRIC
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            "the judge gave no scores", remedy="use a model that answers in JSON"
        ) from error
    if any(not WORST <= score.value <= BEST for score in scores):
        raise ModelError(f"the judge gave scores outside {WORST} to {BEST}")
    return scores
