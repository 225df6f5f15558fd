"""`hdlsmith describe`: descriptions at three grains, each once, in a stable order."""

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.agent.explaining.compiling import Compilers
from hdlsmith.agent.explaining.opening import index_of
from hdlsmith.agent.explaining.pairs import Author, Written, write_pairs
from hdlsmith.cli import app
from hdlsmith.errors import InputError, ModelError
from hdlsmith.languages import Language
from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.building.progress import Silent
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.settings import load_settings

from .explain_inputs import LOCK

LICENSED = f"// SPDX-License-Identifier: Apache-2.0\n{LOCK}"
BROKEN = "module broken (input logic a, output logic q);\n  assign q = missing(a);\nendmodule\n"
ENTITY = """\
library ieee;
use ieee.std_logic_1164.all;

entity gate is
  port (a, b : in std_ulogic; q : out std_ulogic);
end entity;

architecture rtl of gate is
begin
  q <= a and not b;
end architecture;
"""
CHISEL = """\
import chisel3._

class Inverter extends Module {
  val io = IO(new Bundle { val a = Input(Bool()); val q = Output(Bool()) })
  io.q := !io.a
}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "rtl").mkdir(parents=True)
    (root / "rtl" / "door_lock.sv").write_text(LICENSED)
    (root / "rtl" / "broken.sv").write_text(BROKEN)
    (root / "gate.vhd").write_text(ENTITY)
    (root / "Inverter.scala").write_text(CHISEL)
    return root


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    folder = tmp_path / "lock"
    folder.mkdir()
    (folder / "door_lock.sv").write_text(LOCK)
    return folder


def records(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.read_text().splitlines()]


def describe(*arguments: object) -> dict[str, int]:
    done = CliRunner().invoke(app, ["describe", *map(str, arguments), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.tool("ghdl")
def test_every_module_is_described_as_a_whole_in_blocks_and_line_by_line(
    repository: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    told = describe(repository, "--out", out)
    found = records(out)
    assert told["written"] == len(found)
    assert told["modules"] == 5
    lock = [r for r in found if r["module"] == "door_lock"]
    assert {r["grain"] for r in lock} == {"module", "block", "line"}
    for record in found:
        first, last = record["lines"]  # type: ignore[misc]
        lines = (repository / str(record["path"])).read_text().split("\n")[first - 1 : last]
        code = "\n".join(lines)
        assert record["code"] == code
        assert record["sha256"] == hashlib.sha256(code.encode()).hexdigest()
        assert record["origin"] == "rule"
        assert record["description"]
    assert len({r["id"] for r in found}) == len(found)
    whole = {r["module"]: r for r in found if r["grain"] == "module"}
    assert whole["door_lock"]["compiles"] is True
    assert whole["door_lock"]["licence"] == "Apache-2.0"
    assert whole["broken"]["compiles"] is False
    assert "missing" in str(whole["broken"]["reason"])
    assert whole["gate"]["compiles"] is True
    assert whole["Inverter"]["compiles"] is None
    assert "Chisel" in str(whole["Inverter"]["reason"])
    described = {str(r["description"]) for r in lock}
    assert any("declares the input `key_i`" in words for words in described)
    assert any("two right keys open it" in words for words in described)


def test_nothing_is_written_twice_and_the_order_is_stable(lock: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "out.jsonl", tmp_path / "again.jsonl"
    first = describe(lock, "--out", out)
    before = out.read_bytes()
    second = describe(lock, "--out", out)
    assert (second["written"], second["kept"]) == (0, first["written"])
    assert out.read_bytes() == before
    describe(lock, "--out", again)
    assert again.read_bytes() == before
    assert not list(lock.rglob(".hdlsmith"))


def test_a_run_that_was_cut_off_goes_on(lock: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    describe(lock, "--out", whole)
    data = whole.read_bytes()
    cut.write_bytes(data[: len(data) * 2 // 3])  # in the middle of a line
    describe(lock, "--out", cut)
    assert cut.read_bytes() == data


def test_a_changed_module_alone_is_described_anew(repository: Path, tmp_path: Path) -> None:
    (repository / "gate.vhd").unlink()
    (repository / "Inverter.scala").unlink()
    out = tmp_path / "out.jsonl"
    describe(repository, "--out", out)
    (repository / "rtl" / "broken.sv").write_text(BROKEN.replace("missing(a)", "!a"))
    describe(repository, "--out", out)
    added = [r for r in records(out) if r["compiles"] and r["module"] == "broken"]
    assert {r["grain"] for r in added} == {"module", "block", "line"}


def test_a_file_or_a_folder_of_an_indexed_repository_may_be_meant(
    repository: Path, tmp_path: Path
) -> None:
    build(repository)
    out = tmp_path / "out.jsonl"
    describe(repository / "rtl", "--out", out)
    assert {r["path"] for r in records(out)} == {"rtl/door_lock.sv", "rtl/broken.sv"}
    describe(repository / "gate.vhd", "--out", out)
    assert records(out)[-1]["path"] == "gate.vhd"


def test_another_file_is_left_alone(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "notes.jsonl"
    other.write_text('{"note": 1}\n')
    done = CliRunner().invoke(app, ["describe", str(repository), "--out", str(other)])
    assert isinstance(done.exception, InputError)
    assert other.read_text() == '{"note": 1}\n'


def write(folder: Path, out: Path, author: Author) -> Written:
    with index_of(folder, Silent()) as (index, below):
        compilers = Compilers(load_settings(), Netlist(index))
        return write_pairs(index, below, out, author, compilers, Silent())


def test_a_model_describes_modules_and_blocks_and_invents_no_name(
    lock: Path, tmp_path: Path
) -> None:
    def said(code: str, language: Language) -> str:
        assert language is Language.SYSTEMVERILOG
        return "It lights `lamp_o`." if "blinker u_blinker" in code[:30] else "It guards a\ndoor."

    out = tmp_path / "out.jsonl"
    write(lock, out, Author("scripted", said))
    found = records(out)
    by_model = [r for r in found if r["origin"] == "model"]
    assert {r["description"] for r in by_model} == {"It guards a door."}
    assert {r["model"] for r in by_model} == {"scripted"}
    assert {r["grain"] for r in by_model} == {"module", "block"}
    assert "lamp_o" not in out.read_text()


def test_what_was_written_before_a_model_failed_stays(lock: Path, tmp_path: Path) -> None:
    answers = iter(["It guards a door."] * 3)

    def dying(code: str, language: Language) -> str:
        answer = next(answers, None)
        if answer is None:
            raise ModelError("the endpoint is dead")
        return answer

    asked: list[str] = []

    def living(code: str, language: Language) -> str:
        asked.append(code)
        return "It guards a door."

    out, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    with pytest.raises(ModelError):
        write(lock, out, Author("scripted", dying))
    begun = records(out)
    write(lock, whole, Author("scripted", living))
    all_of_it, asked = asked, []
    write(lock, out, Author("scripted", living))
    assert out.read_bytes() == whole.read_bytes()
    assert len(asked) == len(all_of_it) - sum(r["origin"] == "model" for r in begun)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(7):
        text = LOCK.replace("door_lock", f"lock_{number}").replace("blinker", f"blinker_{number}")
        (folder / f"lock_{number}.sv").write_text(text)
    return folder


def test_ctrl_c_loses_nothing(many: Path, tmp_path: Path) -> None:
    out, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    command = [sys.executable, "-m", "hdlsmith", "describe", str(many), "--out", str(out)]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not out.exists() or out.stat().st_size < 20_000:
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    _, error = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "what was finished is kept" in error
    assert records(out)
    describe(many, "--out", out)
    describe(many, "--out", whole)
    assert out.read_bytes() == whole.read_bytes()
