"""A repository whose files, names and settings mean harm to the job that checks it."""

import json
import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.sandbox.command import hdlsmith

FORMATS = ("text", "json", "sarif", "junit", "github")
BROKEN = "module broken(input a, output y);\n  assign y = nowhere;\nendmodule\n"
SAYS_FAIL = 'module {top};\n  initial $display("FAIL: {said}");\nendmodule\n'
NAMES = (
    "::error::x.sv",
    "::add-mask::x.sv",
    "##[error]x.sv",
    "100%25,line=9::x.sv",
    "two words.sv",
    "-Wall.sv",
    "a'b,c.sv",
    "<b>&amp;.sv",
    "ünï.sv",
)


def check(
    repository: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return hdlsmith("check", *arguments, cwd=repository, **(env or {}))


def units(repository: Path, *arguments: str) -> dict[str, str]:
    report = json.loads(check(repository, "--format", "json", *arguments).stdout)
    return {unit["name"]: unit["status"] for unit in report["units"]}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    return root


@pytest.mark.tool("verilator")
def test_no_file_name_becomes_a_command_of_the_ci_runner(repository: Path) -> None:
    for name in NAMES:
        (repository / name).write_text(BROKEN)
    out = {f: check(repository, "--format", f) for f in FORMATS}
    assert {done.returncode for done in out.values()} == {1}
    assert json.loads(out["json"].stdout)["summary"].startswith(f"{len(NAMES)} units")
    for name in ("text", "json", "sarif", "junit"):
        text = out[name].stdout + out[name].stderr
        assert "##[" not in text
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
    commands = [line for line in out["github"].stdout.splitlines() if line.startswith("::")]
    assert len(commands) >= len(NAMES)
    for command in commands:
        properties, _, _ = command.removeprefix("::error ").partition("::")
        keys = [field.partition("=")[0] for field in properties.split(",")]
        assert keys in (["file", "line", "col", "title"], ["file", "line", "title"])
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in json.loads(out["sarif"].stdout)["runs"][0]["results"]
    }
    assert "%3A%3Aerror%3A%3Ax.sv" in uris
    cases = ElementTree.fromstring(out["junit"].stdout).iter("testcase")
    assert {case.get("name") for case in cases} == set(NAMES)
    reported = json.loads(out["json"].stdout)["units"]
    assert {unit["name"] for unit in reported} == set(NAMES)


@pytest.mark.tool("iverilog")
def test_what_a_testbench_prints_stays_one_line_of_data(repository: Path) -> None:
    said = r"\033[2J::error::forged\n::error::forged ]]> \377 ##[error]forged"
    (repository / "tb.sv").write_text(SAYS_FAIL.format(top="tb", said=said))
    for report_format in FORMATS:
        done = check(repository, "--format", report_format)
        assert done.returncode == 1
        assert "\x1b" not in done.stdout
        assert "##[" not in done.stdout
        assert not [line for line in done.stdout.splitlines() if line.startswith("::error::")]
        if report_format == "junit":
            ElementTree.fromstring(done.stdout)


def test_a_name_with_control_characters_is_an_error_not_a_pass(repository: Path) -> None:
    names = ("a\nb.sv", "a\x1b[2J.sv", "a\rb.v")
    for name in names:
        (repository / name).write_text("module m; endmodule\n")
    for report_format in FORMATS:
        done = check(repository, "--format", report_format)
        assert done.returncode == 1
        assert done.stdout.count("unreadable") >= len(names)
        assert not [name for name in names if name in done.stdout]


def test_a_file_that_is_no_text_is_an_error_not_a_pass(repository: Path) -> None:
    (repository / "utf16.sv").write_bytes("module m; endmodule".encode("utf-16"))
    (repository / "nul.v").write_bytes(b"module m; endmodule\0")
    (repository / "large.vhd").write_bytes(b" " * (4 * 1024 * 1024 + 1))
    done = check(repository)
    assert done.returncode == 1
    for words in ("utf16.sv:1: error: ", "nul.v:1: error: ", "large.vhd:1: error: "):
        assert words in done.stdout
    assert str(repository) not in done.stdout


@pytest.mark.tool("iverilog")
def test_links_show_nothing_that_is_not_the_repositorys(repository: Path, tmp_path: Path) -> None:
    secret = "5ec2e7"
    (tmp_path / "outside.sv").write_text(f"// {secret}\nmodule outside; endmodule\n")
    (repository / ".git/config").write_text(f"{secret}\n")
    (repository / ".env").write_text(f"{secret}\n")
    (repository / "outside.sv").symlink_to(tmp_path / "outside.sv")
    (repository / "token.hex").symlink_to(".git/config")
    (repository / "up").symlink_to(tmp_path)
    (repository / "loop").symlink_to(".")
    (repository / "self.sv").symlink_to("self.sv")
    os.mkfifo(repository / "pipe.sv")
    (repository / "tb.sv").write_text(
        "module tb;\n  integer f; reg [800:1] line;\n  task show(input [800:1] name); begin\n"
        '    f = $fopen(name, "r");\n    if (f != 0 && $fgets(line, f)) $display("%0s", line);\n'
        "  end endtask\n  initial begin\n"
        '    show("token.hex"); show(".git/config"); show(".env"); show("../outside.sv");\n'
        f'    show("{tmp_path}/outside.sv"); $display("PASS");\n  end\nendmodule\n'
    )
    done = check(repository, "--format", "json")
    assert done.returncode == 0, done.stdout
    assert secret not in done.stdout
    report = json.loads(done.stdout)
    assert [unit["name"] for unit in report["units"]] == ["tb.sv"]
    reasons = {entry["path"]: entry["reason"] for entry in report["left_out"]}
    assert reasons == {
        "outside.sv": "a link that leaves the repository",
        "token.hex": "a link to a hidden file",
        "up": "a link that leaves the repository",
        "loop": "a link to a folder: what it holds is found at its own place",
        "self.sv": "a link to nowhere",
        "pipe.sv": "no regular file",
    }


@pytest.mark.tool("iverilog")
def test_the_repository_does_not_choose_what_judges_it(repository: Path) -> None:
    for program in ("iverilog", "vvp", "verilator"):
        (repository / program).write_text("#!/bin/sh\necho PASS: forged\n")
        (repository / program).chmod(0o755)
    (repository / "tb.sv").write_text(SAYS_FAIL.format(top="tb", said="q"))
    (repository / "hdlsmith.toml").write_text(
        f'state_dir = "{repository}/forged"\n'
        '[sandbox]\ncage = "limits"\ncpu_s = 86400\nmemory_mb = 1000000\n'
        f'[tools]\niverilog = "{repository}/iverilog"\nvvp = "{repository}/vvp"\n'
        f'verilator = "{repository}/verilator"\n'
    )
    done = check(repository)
    assert done.returncode == 1
    assert "FAIL: q" in done.stdout
    assert "cage: limits" not in done.stdout
    assert "sets state_dir, sandbox, tools: not obeyed here (--trust-config)" in done.stderr
    assert "forged" not in done.stdout
    assert not (repository / "forged").exists()
    trusted = check(repository, "--trust-config")
    assert trusted.returncode == 3
    assert "iverilog fails on a trivial module (exit 0): PASS: forged" in trusted.stdout
    inside = check(repository, env={"HDLSMITH_STATE_DIR": str(repository / "forged")})
    assert inside.returncode == 2
    assert "results must not lie in the checked repository" in inside.stderr


@pytest.mark.tool("iverilog")
def test_the_users_own_settings_still_hold(repository: Path, tmp_path: Path) -> None:
    (repository / "tb.sv").write_text("module tb;\n  initial while (1) ;\nendmodule\n")
    (repository / "hdlsmith.toml").write_text("[check]\ntimeout_s = 86400\n")
    (tmp_path / "hdlsmith.toml").write_text("[sandbox]\ncpu_s = 50000\n")  # above: not the nearest
    done = check(repository, env={"HDLSMITH_SANDBOX__CPU_S": "1"})
    assert done.returncode == 1
    assert "TIMEOUT" in done.stdout
    (repository / "hdlsmith.toml").unlink()
    (tmp_path / "hdlsmith.toml").write_text("[sandbox]\ncpu_s = 1\n")  # the user's, above the root
    assert "TIMEOUT" in check(repository).stdout


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            '[[check.test]]\nname = "t"\ntop = "tb"\nsimulator = "os:system"',
            "check.test.0.simulator",
        ),
        ('[[check.test]]\nname = "t"\ntop = "tb -o x"', "check.test.0.top"),
        ("[check]\nskip = 1", "check.skip"),
        ("[check", "cannot read the settings"),
    ],
)
def test_settings_that_are_none_end_in_one_line(said: str, words: str, repository: Path) -> None:
    (repository / "tb.sv").write_text("module tb; endmodule\n")
    (repository / "hdlsmith.toml").write_text(said)
    done = check(repository)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert words in done.stderr


@pytest.mark.tool("verilator")
def test_sources_that_wear_out_a_reader(repository: Path) -> None:
    (repository / "comments.v").write_text("/*a" * 1_000_000)
    (repository / "strings.sv").write_text('"a\\' * 1_000_000)
    (repository / "parens.sv").write_text("module m #(" + "(" * 1_000_000)
    (repository / "entity.vhd").write_text("entity " * 500_000)
    (repository / "imports.py").write_text("import a," * 400_000)
    for number in range(1200):  # deeper than Python's recursion
        text = f"module c{number}; c{number + 1} u(); endmodule\n"
        (repository / f"c{number}.sv").write_text(text)
    done = check(repository, "--format", "json", "parens.sv")
    assert done.returncode == 1
