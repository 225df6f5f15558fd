"""An answer as JSON data and as text for a terminal."""

from dataclasses import asdict
from typing import Any

from hdlsmith.agent.state import Answer, Attempt, Plan, Verdict
from hdlsmith.display import one_line, printable

EXIT_CODES = {Verdict.VERIFIED: 0, Verdict.REFUTED: 1, Verdict.UNVERIFIED: 4}


def answer_record(answer: Answer) -> dict[str, Any]:
    """Everything a script may want to know; stable names, JSON types only."""
    return {
        "verdict": answer.verdict,
        "because": answer.because,
        "top": answer.design.top,
        "files": {file.path: file.text for file in answer.design.files},
        "evidence": list(answer.evidence),
        "sources": list(answer.sources),
        "chosen": answer.chosen,
        "stopped_by": answer.stopped_by,
        "plan": {
            "top": answer.plan.top,
            "ports": [asdict(port) for port in answer.plan.ports],
            "binding": answer.plan.binding,
            "clock": answer.plan.clock,
            "reset": answer.plan.reset,
            "reset_style": answer.plan.reset_style,
            "reset_level": answer.plan.reset_level,
            "behaviours": list(answer.plan.behaviours),
        },
        "attempts": [_attempt_record(attempt) for attempt in answer.attempts],
        "usage": asdict(answer.usage),
        "elapsed_s": answer.elapsed_s,
    }


def _attempt_record(attempt: Attempt) -> dict[str, Any]:
    simulation = attempt.simulation
    return {
        "number": attempt.number,
        "role": attempt.role,
        "design_sha256": attempt.design.digest,
        "gate_passed": attempt.gate_passed,
        "agreement": attempt.agreement,
        "mended": list(attempt.mended or ()),
        "findings": [str(finding) for finding in attempt.findings],
        "simulation": str(simulation) if simulation else None,
        "prompts": dict(attempt.prompts),
        "usage": asdict(attempt.usage),
    }


def _understood(plan: Plan) -> list[str]:
    ports = ", ".join(str(port) for port in plan.ports) or "ports left to the model"
    return [f"{plan.top}: {ports}", *plan.behaviours]


def render_answer(answer: Answer) -> str:
    """The design, the verdict, and what it rests on."""
    usage = answer.usage
    lines = [printable(answer.design.text.rstrip()), ""]
    lines += [f"{answer.verdict.upper()}: {one_line(answer.because)}"]
    lines += [f"  understood as: {one_line(line)}" for line in _understood(answer.plan)]
    lines += [f"  {one_line(line)}" for line in answer.evidence]
    lines += [f"  from your repository: {one_line(source)}" for source in answer.sources]
    cost = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    if usage.usd:
        cost += f", ${usage.usd:.4f}"
    attempts = f"attempt {answer.chosen} of {len(answer.attempts)}"
    lines += [f"  {attempts}; {cost}; {answer.elapsed_s:.1f} s"]
    if answer.stopped_by:
        lines += [f"  stopped by the budget: {answer.stopped_by}"]
    return "\n".join(lines)
