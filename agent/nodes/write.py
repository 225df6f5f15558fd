"""Write and repair: a model's answer becomes an attempt."""

from langgraph.runtime import Runtime

from hdlsmith.agent.asking import ask
from hdlsmith.agent.deps import Deps
from hdlsmith.agent.extract import extract_code
from hdlsmith.agent.interface import header_text
from hdlsmith.agent.ladder import made_below, tier_now
from hdlsmith.agent.models import Completion
from hdlsmith.agent.state import Attempt, Event, Plan, State, Task
from hdlsmith.design import Design, Diagnostic, SourceFile
from hdlsmith.languages import LANGUAGES
from hdlsmith.prompts.templates import Prompt, load_prompt
from hdlsmith.retrieval.knowledge.faults import advise
from hdlsmith.roles import Role

_SHOWN_FINDINGS = 8
_SHOWN_LOG_LINES = 20


def write(state: State, runtime: Runtime[Deps]) -> State:
    """An attempt from the request alone: the first, or a fresh start where repair got stuck."""
    task, made = state["task"], state["plan"]
    runtime.context.watch.event(Event("write", f"writing {made.top}"))
    prompt = load_prompt("write")
    text = prompt.render(
        request=task.request,
        retrieved=state.get("retrieved", ()),
        house=state.get("house"),
        **_shared(task, made),
    )
    attempts = state.get("attempts", ())
    tier = tier_now(attempts, runtime.context)
    tries = len(attempts) - made_below(attempts, tier)
    completion = ask(runtime.context, task, text, role=Role.WRITE, tier=tier, retry=tries)
    return _attempt(state, Role.WRITE, tier, prompt, completion)


def repair(state: State, runtime: Runtime[Deps]) -> State:
    """The next attempt, from the last one and what the tools said of it."""
    task, made, last = state["task"], state["plan"], state["attempts"][-1]
    runtime.context.watch.event(Event("repair", f"repairing attempt {last.number}"))
    prompt = load_prompt("repair")
    text = prompt.render(
        request=task.request,
        numbered=_numbered(last.design.text),
        findings=_said(last),
        **_shared(task, made),
    )
    tier = tier_now(state["attempts"], runtime.context)
    tries = last.number - made_below(state["attempts"], tier)
    completion = ask(runtime.context, task, text, role=Role.REPAIR, tier=tier, retry=tries)
    return _attempt(state, Role.REPAIR, tier, prompt, completion)


def _shared(task: Task, made: Plan) -> dict[str, str]:
    info = LANGUAGES[task.language]
    return {
        "language": info.title,
        "tag": info.fence_tags[0],
        "top": made.top,
        "header": header_text(made.top, made.ports) if made.ports else "",
        "clock": made.clock,
        "reset": made.reset,
        "reset_style": made.reset_style,
        "reset_level": made.reset_level,
    }


def _attempt(state: State, role: Role, tier: int, prompt: Prompt, completion: Completion) -> State:
    task, made = state["task"], state["plan"]
    earlier = state.get("attempts", ())
    name = f"{made.top}{LANGUAGES[task.language].suffixes[0]}"
    source = SourceFile(name, extract_code(completion.text, made.top), task.language)
    attempt = Attempt(
        number=len(earlier) + 1,
        role=role,
        design=Design((source,), made.top),
        prompts=tuple((p.name, p.sha256) for p in (load_prompt("system"), prompt)),
        usage=completion.usage,
        tier=tier,
    )
    return {"attempts": (*earlier, attempt)}


def _numbered(text: str) -> str:
    return "\n".join(f"{n:3d}  {line}" for n, line in enumerate(text.splitlines(), 1))


def _said(attempt: Attempt) -> str:
    """What the tools said, errors first, and the tail of a failed simulation's log."""
    lines = [_finding(d, attempt.design.text) for d in _heaviest(attempt)]
    if attempt.contradicts:
        lines.append(f"simulation: {attempt.contradicts}")
    if attempt.self_test and attempt.self_test.complaint:
        lines.append(attempt.self_test.complaint)
    if simulation := attempt.simulation:
        lines.append(f"simulation: {simulation}")
        for run in simulation.runs[-1:]:
            lines += run.output.splitlines()[-_SHOWN_LOG_LINES:]
    return "\n".join(lines)


def _heaviest(attempt: Attempt) -> tuple[Diagnostic, ...]:
    return (attempt.errors or attempt.findings)[:_SHOWN_FINDINGS]


def _finding(diagnostic: Diagnostic, text: str) -> str:
    """What the tool said, the line it speaks of, and what is known of such messages."""
    said = [diagnostic.message]
    lines = text.splitlines()
    line = diagnostic.span.line if diagnostic.span else 0
    if 0 < line <= len(lines):
        said = [f"line {line}: {diagnostic.message}", lines[line - 1].strip()]
    if advice := advise(diagnostic):
        said.append(f"({advice})")
    return "\n    ".join(said)
