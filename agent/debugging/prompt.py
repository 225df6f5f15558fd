"""What the debugger role is shown: the design, one table of evidence, and what did not help."""

from collections.abc import Iterable, Iterator
from itertools import islice

from hdlsmith.agent.debugging.clues import render_clues
from hdlsmith.agent.debugging.court import Court
from hdlsmith.agent.debugging.hypothesis import Hypothesis
from hdlsmith.agent.debugging.listing import listings
from hdlsmith.agent.debugging.standing import Standing
from hdlsmith.agent.localising.localisation import Suspect, render
from hdlsmith.agent.localising.verdicts import failures_told
from hdlsmith.design import Design, Diagnostic
from hdlsmith.display import one_line
from hdlsmith.languages import LANGUAGES
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.retrieval.knowledge.faults import advise

_SUSPECTS = 8
_MESSAGES = 6
_TOLD = 3


def prompt_for(best: Standing, court: Court, failed: tuple[Hypothesis, ...]) -> str:
    """The prompt of the next hypothesis.

    Args:
        failed: hypotheses about this very version that were not kept.
    """
    return load_prompt("debug").render(
        issue=court.case.issue.strip(),
        language=LANGUAGES[court.case.language].title,
        files=listings(best.design, _suspects(best, court)),
        table="\n".join(_table(best, court)),
        tried="\n".join(map(_told, failed)),
    )


def _suspects(best: Standing, court: Court) -> tuple[Suspect, ...]:
    spans = (d.span for d in (*best.diagnosis.errors, *best.complaints) if d.span)
    complained = tuple(Suspect(span.path, span.line, 1.0, "", "") for span in spans)
    return (*complained, *(best.found.suspects if best.found else court.clues.suspects))


def _table(best: Standing, court: Court) -> Iterator[str]:
    if not best.compiles:
        yield from _messages(best.diagnosis.errors, best.design)
    elif best.found:
        yield render(best.found, _SUSPECTS)
        told = failures_told(best.found.result.runs[-1].output, ())
        yield from (failure.line for failure in islice(told, _TOLD))
    elif best.complaints:
        yield from _messages(best.complaints, best.design)
    else:
        yield render_clues(court.clues)


def _messages(found: Iterable[Diagnostic], design: Design) -> Iterator[str]:
    """What the tools said, the line that it is about, and what is known of such messages."""
    lines = {file.path: file.text.split("\n") for file in design.files}
    for diagnostic in islice(found, _MESSAGES):
        yield str(diagnostic)
        span = diagnostic.span
        if span and span.line <= len(lines.get(span.path, ())):
            yield f"    {lines[span.path][span.line - 1].strip()}"
        if advice := advise(diagnostic):
            yield f"    ({advice})"


def _told(made: Hypothesis) -> str:
    edits = "; ".join(f"line {e.line}: `{e.old.strip()}` -> `{e.new.strip()}`" for e in made.edits)
    return one_line(f"{edits or 'no edit'}: {made.fate}, {made.because}")[:400]
