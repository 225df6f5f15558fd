"""`hdlsmith doctor`: what is here, what is missing, and what the cage holds when it is tried."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from hdlsmith.sandbox.toolbox import PACKAGES, TOOLS
from tests.sandbox.command import hdlsmith


def doctor(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return hdlsmith("doctor", *arguments, **env)


def protections(record: dict[str, Any]) -> dict[str, bool]:
    return {p["name"]: p["held"] for p in record["protections"]}


@pytest.mark.tool("iverilog")
def test_names_every_tool_with_its_version() -> None:
    started = time.monotonic()
    done = doctor("--json")
    assert time.monotonic() - started < 10  # 2 s on a quiet machine
    record = json.loads(done.stdout)
    tools = {tool["name"]: tool for tool in record["tools"]}
    assert set(tools) == {*TOOLS, *PACKAGES}
    assert tools["iverilog"]["version"][0].isdigit()
    for tool in tools.values():
        assert bool(tool["path"]) == bool(tool["version"]), tool
        assert tool["purpose"]
        assert tool["install"]
    assert done.returncode == 0


def test_a_bare_machine_learns_what_each_tool_is_for_and_how_to_get_it(tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    done = doctor(PATH=str(bare))
    assert done.returncode == 3
    for name in ("iverilog", "vvp", "ghdl"):
        line = next(line for line in done.stdout.splitlines() if f" {name} " in line)
        assert "missing" in line.lower()
        assert TOOLS[name].purpose in line
        assert TOOLS[name].install in line


def test_a_program_that_is_not_what_it_says_has_no_version(tmp_path: Path) -> None:
    fake = tmp_path / "ghdl"
    fake.write_text("#!/bin/sh\necho nothing to say\n")
    fake.chmod(0o755)
    record = json.loads(doctor("--json", HDLSMITH_TOOLS__GHDL=str(fake)).stdout)
    (ghdl,) = (tool for tool in record["tools"] if tool["name"] == "ghdl")
    assert ghdl["version"] == "unknown"


@pytest.mark.tool("bwrap")
def test_the_strong_cage_holds_all_it_is_tried_for() -> None:
    record = json.loads(doctor("--json", "--cage", "strict").stdout)
    assert record["cage"] == "bubblewrap"
    tried = protections(record)
    assert len(tried) >= 15
    assert all(tried.values()), record["protections"]


def test_plain_limits_say_what_they_leave_open() -> None:
    done = doctor("--json", "--cage", "limits")
    tried = protections(json.loads(done.stdout))
    assert not tried["network"]
    assert not tried["files of yours"]
    for name in ("environment", "open files", "memory", "file size", "CPU time", "output", "disk"):
        assert tried[name], name
    assert "are open" in doctor("--cage", "limits").stdout


def test_strict_without_isolation_is_refused(tmp_path: Path) -> None:
    bare = tmp_path / "bin"
    bare.mkdir()
    done = doctor("--cage", "strict", PATH=str(bare))
    assert done.returncode == 3
    assert "bubblewrap" in done.stderr
    assert "iverilog" in done.stdout


def test_the_secret_of_the_environment_is_not_in_the_answer() -> None:
    assert "sk-canary" not in doctor("--json", SECRET_TOKEN="sk-canary").stdout
