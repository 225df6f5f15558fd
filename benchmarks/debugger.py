"""What the measurements that ask the debugger role tell of its model."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hdlsmith.agent.deps import Deps
from hdlsmith.prompts.templates import load_prompt


def debugger_record(deps: Deps, failures: Sequence[str]) -> dict[str, Any]:
    """
    Args:
        failures: of each design, why the model could not be asked; empty where it was.
    """
    return {
        "name": deps.models.name,
        "prompts": {name: load_prompt(name).sha256 for name in ("system", "debug")},
        "attempts": deps.budget.attempts,
        "asked": sum(not failure for failure in failures),
        "unscored": dict(Counter(failure for failure in failures if failure)),
    }
