"""State machines of real cores against what was read in their sources by hand: states, reset
state, and which state may follow which.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.retrieval.anatomy.anatomy import Fsm
from hdlsmith.retrieval.anatomy.fsms import fsms_of
from tests.retrieval.anatomy.reading import nets_of
from tests.retrieval.conftest import FindCore

_KNOWN = tomllib.loads(Path(__file__).with_name("fsms.toml").read_text())["fsm"]


@cache
def _machines(file: Path, module: str) -> tuple[Fsm, ...]:
    nets, units = nets_of([file])
    return fsms_of(units[module], nets)


def _steps(known: dict[str, Any]) -> set[tuple[str, str]]:
    return {(here, there) for here, all_ in known["steps"].items() for there in all_}


@pytest.mark.data
@pytest.mark.parametrize("known", _KNOWN, ids=[f"{k['module']}.{k['register']}" for k in _KNOWN])
def test_a_state_machine_is_as_it_was_read_by_hand(known: dict[str, Any], core: FindCore) -> None:
    file = core(known["core"]) / known["file"]
    if not file.is_file():
        pytest.skip(f"this version of {known['core']} has no {known['file']}")
    machines = [m for m in _machines(file, known["module"]) if m.register == known["register"]]
    states = {*known["states"]}
    (machine,) = [m for m in machines if {s.name for s in m.states} == states]
    assert machine.reset_state == known["reset"]
    steps = {(t.source, t.target) for t in machine.transitions if t.source != t.target}
    assert steps == _steps(known)
    lines = file.read_text(errors="replace").splitlines()
    for step in machine.transitions:
        assert machine.span.line <= step.span.line <= machine.last_line
    for state in machine.states:
        if Path(state.span.path) == file and not state.name.isdigit():
            assert state.name.lower() in lines[state.span.line - 1].lower()
