"""How a model is asked for a sample: as the dataset's own harness does, or by our agent.

An agent run is blind: the task it gets holds the prompt and the module's name, never the grading
testbench or the reference.
"""

from dataclasses import asdict, replace
from typing import Any

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.models import Request
from hdlsmith.agent.solve import solve
from hdlsmith.agent.state import Task
from hdlsmith.benchmarks.problems import Answer, Problem, Suite
from hdlsmith.benchmarks.run import Answerer
from hdlsmith.design import digest_of
from hdlsmith.prompts.templates import load_prompt
from hdlsmith.roles import Role

STYLES = ("agent", "official")
_AGENT_PROMPTS = ("system", "plan", "write", "repair")


def make(style: str, suite: Suite, deps: Deps, shots: int) -> Answerer:
    """The answerer of a style, one of `STYLES`."""
    return agent(deps) if style == "agent" else official(suite, deps, shots)


def official(suite: Suite, deps: Deps, shots: int) -> Answerer:
    """One call with the official prompt; the design is taken out by the official rules."""

    def answer(problem: Problem, sample: int) -> tuple[Answer, dict[str, Any]]:
        messages = suite.official_messages(problem, shots)
        seat = deps.models.seat(Role.WRITE)
        request = Request(messages, seat.sampling, repeat=sample)
        completion = seat.model.complete(request)
        design = suite.extract(problem, completion.text)
        about = {
            "usage": asdict(completion.usage),
            "completion": completion.text,
            "cut_off": completion.cut_off,
            "attempts": 1,
        }
        return Answer(problem.id, sample, design), about

    return answer


def agent(deps: Deps) -> Answerer:
    """The whole loop of `hdlsmith solve`, without a testbench."""

    def answer(problem: Problem, sample: int) -> tuple[Answer, dict[str, Any]]:
        task = Task(problem.prompt.strip(), top=problem.top)
        solved = solve(task, replace(deps, sample=sample))
        about = {
            "usage": asdict(solved.usage),
            "attempts": len(solved.attempts),
            "chosen": solved.chosen,
            "verdict": solved.verdict,
            "stopped_by": solved.stopped_by,
            "ledger": [asdict(account) for account in solved.ledger],
        }
        return Answer(problem.id, sample, solved.design.text), about

    return answer


def prompt_hashes(style: str, suite: Suite, problem: Problem, shots: int) -> dict[str, str]:
    """SHA-256 of what decides the prompts; goes into the run's manifest."""
    if style == "agent":
        return {name: load_prompt(name).sha256 for name in _AGENT_PROMPTS}
    messages = suite.official_messages(problem, shots)
    return {f"official, {problem.id}": digest_of(*(m.content for m in messages))}
