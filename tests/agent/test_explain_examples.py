"""The pages in docs/examples are what `hdlsmith explain` says of real cores, and true of them."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from hdlsmith.agent.explaining.target import open_target
from hdlsmith.cli import app
from tests.retrieval.conftest import FindCore, core  # noqa: F401

PAGES = Path(__file__).resolve().parents[2] / "docs" / "examples"
_COMMAND = re.compile(r"`(hdlsmith explain [^`]+)`")
_PLACE = re.compile(r"(?<![\w./-])([\w./-]+\.(?:s?v|vhdl?)):(\d+)(?:-(\d+))?")


class Example(NamedTuple):
    """A page, and the core and the file that it is about."""

    page: str
    package: str
    file: str


EXAMPLES = [
    Example("ibex_controller.md", "ibex", "system_verilog/rtl/ibex_controller.sv"),
    Example("picorv32.md", "picorv32", "verilog/picorv32.v"),
    Example("mmu.md", "microwatt", "vhdl/mmu.vhdl"),
]


@pytest.fixture(params=EXAMPLES, ids=lambda example: example.page)
def example(
    request: pytest.FixtureRequest,
    core: FindCore,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Example:
    """An example, with its core's folder as the working folder."""
    found: Example = request.param
    monkeypatch.chdir(core(found.package))
    return found


def page_of(example: Example) -> str:
    return (PAGES / example.page).read_text()


def test_the_command_on_the_page_makes_the_page(example: Example) -> None:
    page = page_of(example)
    command = _COMMAND.search(page)
    assert command is not None
    assert shlex.split(command[1]) == ["hdlsmith", "explain", example.file]
    done = CliRunner().invoke(app, ["explain", example.file])
    assert done.exit_code == 0
    assert done.stdout == page


def test_every_place_resolves(example: Example) -> None:
    places = _PLACE.findall(page_of(example))
    assert len(places) > 50
    for path, first, last in places:
        lines = Path(path).read_text().splitlines()
        assert 1 <= int(first) <= int(last or first) <= len(lines), path


def test_every_row_names_what_stands_on_its_line(example: Example) -> None:
    for row in page_of(example).splitlines():
        at = re.search(r"`([\w./-]+):(\d+)` \|", row)
        named = re.match(r"\| `(\w+)` \|", row)
        if at and named and not named[1].isdecimal():
            line = Path(at[1]).read_text().splitlines()[int(at[2]) - 1]
            assert re.search(rf"\b{named[1]}\b", line, re.IGNORECASE), row


def test_every_state_of_the_page_stands_in_the_source(example: Example) -> None:
    page = page_of(example)
    with open_target(example.file) as target:
        machines = target.anatomy.fsms
    assert machines
    for fsm in machines:
        assert f"State machine `{fsm.register}`" in page
        names = {state.name for state in fsm.states}
        for state in fsm.states:
            assert f"| `{state.name}` |" in page
            if state.name.isdecimal():  # it has no name: it is a number in the process
                assert fsm.span.line <= state.span.line <= fsm.last_line
            else:
                line = Path(state.span.path).read_text().splitlines()[state.span.line - 1]
                assert re.search(rf"\b{state.name}\b", line, re.IGNORECASE), line
        assert {step.source for step in fsm.transitions} <= names | {""}
        assert {step.target for step in fsm.transitions} <= names
        assert not fsm.reset_state or fsm.reset_state in names
