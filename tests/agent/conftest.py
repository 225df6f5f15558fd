"""Services for driving the loop with a scripted model and the real tools."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hdlsmith.agent.deps import Deps
from hdlsmith.agent.models import Request
from hdlsmith.agent.replay_model import ScriptedModel
from hdlsmith.agent.seats import Models
from hdlsmith.agent.state import Event
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.linters.verilator import Verilator
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import BudgetSettings, load_settings

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

PLAN = json.dumps(
    {
        "top": "counter",
        "ports": [
            {"name": "clk", "direction": "input", "width_bits": 1},
            {"name": "rst", "direction": "input", "width_bits": 1},
            {"name": "en", "direction": "input", "width_bits": 1},
            {"name": "q", "direction": "output", "width_bits": 4},
        ],
        "clock": "clk",
        "reset": "rst",
        "behaviours": ["counts up while en is high"],
    }
)
REQUEST = "A 4-bit counter: clk, synchronous reset rst, enable en, output q."
HEADER = "module counter (input logic clk, rst, en, output logic [3:0] q);"
RIGHT = f"""```systemverilog
{HEADER}
  always_ff @(posedge clk) if (rst) q <= 0; else if (en) q <= q + 1;
endmodule
```"""
WRONG = RIGHT.replace("q + 1", "q + 2")
BROKEN = RIGHT.replace("q + 1;", "successor(q);")  # no rule mends a missing function
NO_RESET = RIGHT.replace("if (rst) q <= 0; else ", "")


@dataclass
class Recorder:
    """A watch that remembers."""

    events: list[Event] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def event(self, event: Event) -> None:
        self.events.append(event)

    def token(self, text: str) -> None:
        self.tokens.append(text)

    def steps(self) -> list[str]:
        return [event.step for event in self.events]


@dataclass(frozen=True)
class Bench:
    """Deps around a scripted model, and what can be seen of a run."""

    deps: Deps
    model: ScriptedModel
    watch: Recorder


MakeBench = Callable[..., Bench]


@pytest.fixture
def bench() -> MakeBench:
    """Builds services around a script: `bench([reply, …], attempts=2)`."""

    def make(replies: Sequence[str] | Callable[[Request], str], **budget: float) -> Bench:
        settings = load_settings({"budget": budget})
        cage = make_cage(settings.sandbox)
        model, watch = ScriptedModel(replies), Recorder()
        deps = Deps(
            models=Models.only(model),
            icarus=Icarus.find(settings, cage),
            verilator=Verilator.find(settings, cage),
            budget=BudgetSettings(**budget),  # type: ignore[arg-type]
            watch=watch,
        )
        return Bench(deps, model, watch)

    return make
