"""What is kept between runs: whole or not at all, up to a size, whoever else is at it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hdlsmith.sandbox.kept import keep, touch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def test_an_entry_holds_copies_and_texts(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    keep(tmp_path / "kept" / "a", {"model": program, "log": "x"}, 1000)
    assert (tmp_path / "kept" / "a" / "model").read_bytes() == b"\x7fELF"
    assert os.access(tmp_path / "kept" / "a" / "model", os.X_OK)
    assert (tmp_path / "kept" / "a" / "log").read_text() == "x"
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["a"]


def test_the_first_of_two_equal_entries_stays(folder: Path) -> None:
    for text in ("first", "second"):
        keep(folder / "a", {"text": text}, 1000)
    assert (folder / "a" / "text").read_text() == "first"
    assert len(list(folder.iterdir())) == 1


def test_what_was_used_longest_ago_goes_first(folder: Path) -> None:
    now = time.time()
    for age, name in enumerate("abc"):
        keep(folder / name, {"text": "x" * 100}, 1000)
        os.utime(folder / name, (now - 100 + age, now - 100 + age))
    touch(folder / "a")
    touch(folder / "gone")
    keep(folder / "d", {"text": "x" * 100}, 300)
    assert sorted(path.name for path in folder.iterdir()) == ["a", "c", "d"]


def test_an_entry_larger_than_all_stays_for_this_run(folder: Path) -> None:
    keep(folder / "small", {"text": "x"}, 10)
    keep(folder / "large", {"text": "x" * 100}, 10)
    assert [path.name for path in folder.iterdir()] == ["large"]


def test_a_failure_leaves_nothing_behind(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keep(folder / "a", {"model": folder / "missing"}, 1000)
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_left_goes_after_an_hour(folder: Path) -> None:
    for name, age_s in ((".new-old", 7200), (".new-busy", 60)):
        (folder / name).mkdir(parents=True)
        os.utime(folder / name, (time.time() - age_s, time.time() - age_s))
    keep(folder / "a", {"text": "x"}, 1000)
    assert sorted(path.name for path in folder.iterdir()) == [".new-busy", "a"]


def test_many_processes_at_once_and_one_killed(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from hdlsmith.sandbox.kept import keep\n"
        f"folder = Path({str(folder)!r})\n"
        "for at in range(int(sys.argv[1])):\n"
        "    keep(folder / str(at % 20), {'text': str(at % 20) * 5000}, 60_000)\n"
    )
    env = {"PYTHONPATH": str(Path(__file__).parents[2])}
    many = [
        subprocess.Popen([sys.executable, "-c", code, rounds], env=env)
        for rounds in ("150", "150", "1000000")
    ]
    codes = [process.wait(60) for process in many[:2]]
    many[2].kill()
    many[2].wait()
    assert codes == [0, 0]
    entries = [p for p in folder.iterdir() if not p.name.startswith(".new-")]
    assert entries
    for entry in entries:
        assert (entry / "text").read_text() == entry.name * 5000
