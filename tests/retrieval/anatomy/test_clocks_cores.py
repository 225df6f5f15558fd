"""Clocks, resets and their polarity in every module of three real cores and in the references of
VerilogEval, against what was read in the sources by hand.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.retrieval.anatomy.nets import Nets
from hdlsmith.retrieval.anatomy.units import Unit
from tests.retrieval.anatomy.reading import clocks_of, nets_of, resets_of
from tests.retrieval.conftest import FindCore

_KNOWN = tomllib.loads(Path(__file__).with_name("clocks.toml").read_text())
_SUFFIXES = (".sv", ".v")


def _classes(core: str) -> list[dict[str, Any]]:
    return [each for each in _KNOWN["class"] if each["core"] == core]


def _files(root: Path, classes: Iterable[dict[str, Any]]) -> list[Path]:
    folders = [root / folder for each in classes for folder in each.get("folders", ())]
    files = [file for folder in folders for file in sorted(folder.iterdir())]
    files += [root / file for each in classes for file in each.get("files", ())]
    return [file for file in files if file.suffix in _SUFFIXES]


def _differences(nets: Nets, unit: Unit, known: dict[str, Any]) -> list[str]:
    found = clocks_of(nets, unit) | resets_of(nets, unit)
    wanted = {*known["clocks"], *known["resets"]}
    return [
        f"{unit.name}: {'+' if item in found else '-'} {item}" for item in sorted(found ^ wanted)
    ]


@pytest.mark.data
@pytest.mark.parametrize(("name", "count"), [("ibex", 37), ("picorv32", 8), ("serv", 55)])
def test_clocks_and_resets_of_every_module_of_a_core(name: str, count: int, core: FindCore) -> None:
    classes = _classes(name)
    nets, units = nets_of(_files(core(name), classes))
    known = {module: each for each in classes for module in each["modules"].split()}
    assert len(known) == count
    assert {*known} ^ {*units} == set()
    assert [
        d for module, unit in units.items() for d in _differences(nets, unit, known[module])
    ] == []


@pytest.mark.data
@pytest.mark.parametrize("task", ["spec-to-rtl", "code-complete-iccad2023"])
def test_clocks_and_resets_of_every_reference(task: str, verilog_eval: Path) -> None:
    files = sorted((verilog_eval / f"dataset_{task}").glob("*_ref.sv"))
    assert len(files) == 156
    none = {"clocks": [], "resets": []}
    known = {number: each for each in _KNOWN["references"] for number in each["problems"].split()}
    wrong = []
    for file in files:
        nets, units = nets_of([file])
        wanted = known.get(file.name[4:7], none)
        wrong += [
            (file.name, d) for unit in units.values() for d in _differences(nets, unit, wanted)
        ]
    assert wrong == []
