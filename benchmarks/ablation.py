"""What each part of the agent adds: the same problems with all parts, and with each one off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hdlsmith.agent.deps import PARTS, Deps
from hdlsmith.benchmarks import answerers
from hdlsmith.benchmarks.problems import Problem, Suite
from hdlsmith.benchmarks.report import summarise
from hdlsmith.benchmarks.run import Harness, ask_and_grade
from hdlsmith.benchmarks.store import RunStore


@dataclass(frozen=True)
class Variant:
    """One way to answer all problems.

    Attributes:
        style: one of `answerers.STYLES`.
    """

    name: str
    style: str
    deps: Deps


def variants(deps: Deps) -> tuple[Variant, ...]:
    """A single official shot, one candidate of the agent, the whole agent, and it without each of
    its parts."""
    one = deps.budget.model_copy(update={"candidates": 1, "attempts": 1})
    return (
        Variant("single shot", "official", deps),
        Variant("one candidate", "agent", replace(deps, budget=one)),
        Variant("all parts", "agent", deps),
        *(
            Variant(f"no {part}", "agent", replace(deps, without=frozenset([part])))
            for part in PARTS
        ),
    )


def measure(
    harness: Harness,
    suite: Suite,
    problems: tuple[Problem, ...],
    deps: Deps,
    about: dict[str, Any],
    folder: Path,
) -> dict[str, Any]:
    """Run every variant, a folder each; goes on where an earlier call was stopped.

    Args:
        about: the manifest that all have in common.

    Raises:
        SandboxError: the sandbox failed; what was answered and graded is kept.
    """
    rows = []
    for variant in variants(deps):
        answerer = answerers.make(variant.style, suite, variant.deps, shots=0)
        own = {"variant": variant.name, "style": variant.style, "planned": len(problems)}
        place = folder / variant.name.replace(" ", "-")
        with RunStore(place, about | own) as store:
            ask_and_grade(harness, problems, 1, answerer, 1, store)
        rows.append({"variant": variant.name, **_row(summarise(place))})
    return {"rows": rows, "folder": str(folder), "run": about}


def _row(summary: dict[str, Any]) -> dict[str, Any]:
    kept = ("passed", "n", "problems", "outcomes", "tokens", "model_s", "wall_s", "unscored")
    return {key: summary[key] for key in kept}


def render(result: dict[str, Any]) -> str:
    """The table for a terminal; `model s` as the model's calls took when they were made."""
    run = result["run"]
    lines = [
        f"{run['suite']} {run['task']}: {len(run['problems'])} problems, by {run['model']}",
        "",
        f"{'':<16}{'passed':>9}{'no compile':>12}{'tokens in':>11}{'out':>9}{'model s':>9}",
        *map(_line, result["rows"]),
        "",
        f"{run['simulator']}, cage: {run['cage']}, {run['sampling']}",
        f"run: {result['folder']}",
    ]
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    tokens = row["tokens"]
    unscored = f"  {len(row['unscored'])} unscored" if row["unscored"] else ""
    return (
        f"{row['variant']:<16}{row['passed']:>5}/{row['n']:<3}"
        f"{row['outcomes'].get('compile_error', 0):>12}{tokens['input']:>11,}{tokens['output']:>9,}"
        f"{row['model_s']:>9,.0f}{unscored}"
    )


def incomplete(rows: Iterable[dict[str, Any]]) -> bool:
    """Whether some sample of some variant could not be had."""
    return any(row["unscored"] for row in rows)
