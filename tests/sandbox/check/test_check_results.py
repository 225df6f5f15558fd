"""What is kept, under which key, and which exit code a set of results has."""

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.design import Design, Diagnostic, Severity, SourceFile, SourceSpan
from hdlsmith.errors import InputError
from hdlsmith.languages import language_of
from hdlsmith.sandbox.cage import Cage, CageKind, Limits
from hdlsmith.sandbox.check.cache import Cache, key_of
from hdlsmith.sandbox.check.plan import Kind, Unit
from hdlsmith.sandbox.check.report import Report, Status, UnitResult

CAGE = Cage(CageKind.BUBBLEWRAP, Limits(), uid=1)
ERROR = Diagnostic(Severity.ERROR, "code", "words", SourceSpan("a.v", 3, 4), "slang", ("x:y",))
RESULT = UnitResult(Kind.TEST, "t", "a.v", Status.FAILED, "why", (ERROR,), ("tool 1",), 1.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "results"


def source(path: str, text: str) -> SourceFile:
    return SourceFile(path, text, language_of(path))


UNIT = Unit(
    Kind.TEST,
    "t",
    "a.v",
    Design((source("a.v", "A"),), "a"),
    cocotb=(source("test_a.py", "T"),),
    simulator="icarus",
    timeout_s=2,
    real_paths={"b": "c"},
)


def with_file(path: str, text: str) -> Design:
    return Design((source(path, text),), "a")


@pytest.mark.parametrize(
    "changes",
    [
        {"design": with_file("a.v", "B")},
        {"design": with_file("b.v", "A")},
        {"design": Design(UNIT.design.files, "b")},
        {"design": Design((*UNIT.design.files, source("d.hex", "")), "a")},
        {"design": Design((replace(UNIT.design.files[0], language=None),), "a")},
        {"cocotb": (source("test_a.py", "U"),)},
        {"cocotb": ()},
        {"simulator": "verilator"},
        {"kind": Kind.PROOF},
        {"depth": 9},
        {"real_paths": {"b": "d"}},
        {"name": "u"},
        {"path": "b.v"},
    ],
)
def test_another_unit_has_another_key(changes: dict[str, Any]) -> None:
    assert key_of(replace(UNIT, **changes), CAGE, ("x",)) != key_of(UNIT, CAGE, ("x",))


def test_another_cage_or_tool_has_another_key_and_another_user_has_not() -> None:
    key = key_of(UNIT, CAGE, ("Icarus 11",))
    others = (
        key_of(UNIT, replace(CAGE, limits=Limits(cpu_s=3)), ("Icarus 11",)),
        key_of(UNIT, replace(CAGE, kind=CageKind.LIMITS), ("Icarus 11",)),
        key_of(UNIT, CAGE, ("Icarus 12",)),
        key_of(UNIT, CAGE, ()),
    )
    assert len({key, *others}) == 5
    assert (
        key_of(replace(UNIT, design=with_file("a.v", "A")), replace(CAGE, uid=7), ("Icarus 11",))
        == key
    )


def test_a_result_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "deep" / "check")
    assert cache.get("k") is None
    cache.put("k", RESULT)
    assert Cache(tmp_path / "deep" / "check").get("k") == replace(RESULT, cached=True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: json.dumps({"key": "k", "result": {"status": "passed"}}),
        lambda text: text.replace('"failed"', '"splendid"'),
        lambda text: text.replace('"key": "k"', '"key": "another"'),  # a file that was renamed
    ],
)
def test_a_damaged_entry_is_no_hit(damage: Any, folder: Path) -> None:
    cache = Cache(folder)
    cache.put("k", RESULT)
    [entry] = folder.iterdir()
    entry.write_text(damage(entry.read_text()))
    assert cache.get("k") is None
    cache.put("k", RESULT)
    assert cache.get("k") is not None


def test_many_write_one_entry_at_once(folder: Path) -> None:
    cache = Cache(folder)
    threads = [threading.Thread(target=cache.put, args=("k", RESULT)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get("k") == replace(RESULT, cached=True)
    assert [path.name for path in folder.iterdir()] == ["k.json"]


def test_what_was_not_used_for_a_month_goes(folder: Path) -> None:
    cache = Cache(folder)
    for key in ("old", "used", "new"):
        cache.put(key, RESULT)
    (folder / "x.new").write_text("")  # of a process that was killed
    ago = time.time() - 31 * 24 * 3600
    for name in ("old.json", "used.json", "x.new"):
        os.utime(folder / name, (ago, ago))
    assert cache.get("used")
    cache.prune()
    assert {path.name for path in folder.iterdir()} == {"used.json", "new.json"}


def test_a_folder_that_cannot_be_made_is_the_users_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot make the folder"):
        Cache(tmp_path / "file" / "check")


def report(*statuses: Status, unusable: tuple[Diagnostic, ...] = ()) -> Report:
    results = tuple(
        replace(RESULT, name=str(n), status=status, diagnostics=(ERROR,), cached=not n)
        for n, status in enumerate(statuses)
    )
    return Report(results, unusable, (), "bubblewrap")


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((), 0),
        ((Status.PASSED,), 0),
        ((Status.PASSED, Status.UNVERIFIED), 4),
        ((Status.UNVERIFIED, Status.BROKEN), 3),
        ((Status.BROKEN, Status.UNVERIFIED, Status.FAILED), 1),
    ],
)
def test_exit_codes(statuses: tuple[Status, ...], code: int) -> None:
    assert report(*statuses).exit_code == code
    assert report(*statuses, unusable=(ERROR,)).exit_code == 1


def test_what_several_units_met_stands_once() -> None:
    told = report(Status.FAILED, Status.FAILED, Status.PASSED)
    assert told.diagnostics == (ERROR,)
    assert told.summary == "3 units (1 cached): 1 passed, 2 failed; 1 error"


def test_a_finding_of_several_units_stands_once_with_all_its_tools() -> None:
    fewer, other = replace(ERROR, also=()), replace(ERROR, also=("z:w", "x:y"))
    results = tuple(replace(RESULT, diagnostics=(each,)) for each in (fewer, ERROR, other))
    found = Report(results, (), (), "bubblewrap").diagnostics
    assert found == (replace(ERROR, also=("x:y", "z:w")),)
