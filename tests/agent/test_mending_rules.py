"""Each rule on the smallest design with its slip: what the real tools say calls the rule, and they
accept what it makes of it."""

import tomllib
from pathlib import Path

import pytest

from hdlsmith.agent.mending.mend import mend
from hdlsmith.agent.mending.rules import RULES
from hdlsmith.design import Design, Port, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.elaboration import elaborate
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings

PAIRS = tomllib.loads((Path(__file__).parent / "mending_pairs.toml").read_text("utf-8"))
_MOST_CHANGED_LINES = 9


def design(text: str) -> Design:
    return Design((SourceFile("t.sv", text, Language.SYSTEMVERILOG),), "t")


def ports(header: str) -> tuple[Port, ...]:
    return elaborate(design(f"module t ({header}); endmodule")).ports if header else ()


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings()
    return Icarus.find(settings, make_cage(settings.sandbox))


def test_every_rule_has_its_pair_and_a_docstring() -> None:
    assert list(PAIRS) == [rule.name for rule in RULES]
    assert all(rule.mend.__doc__ for rule in RULES)


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize("name", PAIRS)
def test_the_slip_is_mended_by_its_rule_alone(icarus: Icarus, name: str) -> None:
    pair = PAIRS[name]
    asked = ports(pair.get("asked", ""))
    mended = mend(design(pair["before"]), asked, icarus)
    assert mended.design.text == pair["after"]
    assert [step.rule for step in mended.steps] == [name]
    assert mended.errors == ()
    changed = [line for line in mended.steps[0].diff.splitlines()[2:] if line[0] in "+-"]
    assert 0 < len(changed) <= _MOST_CHANGED_LINES
    again = mend(mended.design, asked, icarus)
    assert again.steps == ()
    assert again.design == mended.design
