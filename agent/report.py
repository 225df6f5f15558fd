"""An answer as JSON data and as text for a terminal."""

from dataclasses import asdict
from typing import Any

from hdlsmith.agent.models import Usage
from hdlsmith.agent.state import Account, Answer, Attempt, Plan, Verdict
from hdlsmith.display import counted, one_line, printable

EXIT_CODES = {Verdict.VERIFIED: 0, Verdict.REFUTED: 1, Verdict.UNVERIFIED: 4}


def answer_record(answer: Answer) -> dict[str, Any]:
    """Everything a script may want to know; stable names, JSON types only."""
    return {
        "verdict": answer.verdict,
        "because": answer.because,
        "top": answer.design.top,
        "files": {file.path: file.text for file in answer.files},
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
        "ledger": [asdict(account) for account in answer.ledger],
        "written": list(answer.written),
        "elapsed_s": answer.elapsed_s,
    }


def _attempt_record(attempt: Attempt) -> dict[str, Any]:
    simulation = attempt.simulation
    return {
        "number": attempt.number,
        "role": attempt.role,
        "tier": attempt.tier + 1,
        "design_sha256": attempt.design.digest,
        "gate_passed": attempt.gate_passed,
        "origin": attempt.origin,
        "examples": attempt.examples.said if attempt.examples else None,
        "self_test": str(attempt.self_test) if attempt.self_test else None,
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


def _account_line(account: Account) -> str:
    """What a model in its place cost, and what it earned."""
    earned = (
        f"{counted(account.attempts, 'attempt')}, {account.through_gate} through the gate,"
        f" {account.verified} verified"
    )
    calls = f"{counted(account.usage.calls, 'call')}, {_cost(account.usage)}"
    return f"{account.seat}, {account.model}: {earned}; {calls}, {account.usage.wall_s:.1f} s"


def _cost(usage: Usage) -> str:
    cost = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    return f"{cost}, ${usage.usd:.4f}" if usage.usd else cost


def render_answer(answer: Answer) -> str:
    """The design, the verdict, and what it rests on."""
    lines = [printable(answer.design.text.rstrip()), ""]
    lines += [f"{answer.verdict.upper()}: {one_line(answer.because)}"]
    lines += [f"  understood as: {one_line(line)}" for line in _understood(answer.plan)]
    lines += [f"  {one_line(line)}" for line in answer.evidence]
    lines += [f"  from your repository: {one_line(source)}" for source in answer.sources]
    if len(answer.ledger) > 1:
        lines += [f"  {one_line(_account_line(account))}" for account in answer.ledger]
    attempts = f"attempt {answer.chosen} of {len(answer.attempts)}"
    lines += [f"  {attempts}; {_cost(answer.usage)}; {answer.elapsed_s:.1f} s"]
    lines += [f"  written: {one_line(path)}" for path in answer.written]
    if answer.stopped_by:
        lines += [f"  stopped by the budget: {answer.stopped_by}"]
    return "\n".join(lines)
