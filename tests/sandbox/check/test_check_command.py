"""`hdlsmith check` in repositories that are each missing something, or hard to judge."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.sandbox.command import command, environment, hdlsmith

SPINS = "module {0};\n  initial while (1) ;\nendmodule\n"
SAYS = 'module {0};\n  initial $display("{1}");\nendmodule\n'
LEAF = "module {0}(input a, output b);\n  assign b = a;\nendmodule\n"
FIFO = """module fifo (input clk, input en);
  reg [2:0] n = 0;
  always @(posedge clk) if (en && n != 4) n <= n + 3'd1;
  always @* if (n != 0) below: assert (n < {0});
endmodule
"""


def check(
    root: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return hdlsmith("check", *arguments, cwd=root, timeout_s=100, **(env or {}))


def statuses(root: Path, *arguments: str) -> dict[str, str]:
    report = json.loads(check(root, "--format", "json", *arguments).stdout)
    return {unit["name"]: unit["status"] for unit in report["units"]}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "repository"
    (path / ".git").mkdir(parents=True)
    return path


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


@pytest.mark.tool("iverilog")
def test_silence_is_no_pass(root: Path) -> None:
    write(root, {"tb.v": SAYS.format("tb", "bye"), "ok_tb.v": SAYS.format("ok_tb", "PASS")})
    done = check(root)
    assert done.returncode == 4
    assert "???? test tb.v: NO_EVIDENCE" in done.stdout
    assert "tb.v:1: warning: the simulation ended without telling of a single check" in done.stdout
    assert '<error message="NO_EVIDENCE' in check(root, "--format", "junit").stdout
    assert "::warning file=tb.v" in check(root, "--format", "github").stdout


@pytest.mark.tool("verilator")
def test_files_without_a_module_of_their_own_are_no_fault(root: Path) -> None:
    write(
        root,
        {
            "rtl/types.sv": "package types;\n  localparam int W = 3;\nendpackage\n",
            "rtl/bus.sv": "interface bus;\n  logic a;\nendinterface\n",
            "rtl/inv.v": "primitive inv(o, i);\n  output o;\n  input i;\n"
            "  table 0 : 1; 1 : 0; endtable\nendprimitive\n",
            "rtl/model.sv": "class model;\n  int n;\nendclass\n",
            "rtl/fpga.v": "`ifdef FPGA\n" + LEAF.format("fpga") + "`endif\n",
            "rtl/defines.v": "`define WIDTH 4\n`define WIDTH 5\n",
            "rtl/later.sv": "",
        },
    )
    done = check(root)
    assert "7 passed" in done.stdout, done.stdout
    assert done.returncode == 0


@pytest.mark.tool("verilator")
def test_a_missing_tool_is_our_failure_and_not_kept(root: Path) -> None:
    write(root, {"tb.v": SAYS.format("tb", "PASS"), "m.v": LEAF.format("m")})
    without = {"HDLSMITH_TOOLS__IVERILOG": "/nonexistent"}
    done = check(root, env=without)
    assert done.returncode == 3
    assert "BROKEN test tb.v: iverilog is needed for compiling Verilog" in done.stdout
    assert "pass lint m.v" in done.stdout  # what can be checked is
    assert (
        "::error title=hdlsmith could not check tb.v::"
        in check(root, "--format", "github", env=without).stdout
    )
    assert (
        '<error message="iverilog is needed' in check(root, "--format", "junit", env=without).stdout
    )
    sarif = json.loads(check(root, "--format", "sarif", env=without).stdout)
    [invocation] = sarif["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    if shutil.which("iverilog"):
        assert check(root).returncode == 0


@pytest.mark.tool("iverilog")
def test_an_ambiguous_module_explains_the_failure(root: Path) -> None:
    write(
        root,
        {
            "tb.v": 'module tb;\n  dut u ();\n  initial $display("PASS");\nendmodule\n',
            "off_tb.v": "module off_tb;\n`ifdef NEVER\n  dut u ();\n`endif\n"
            '  initial $display("PASS");\nendmodule\n',
            "one/dut.v": LEAF.format("dut"),
            "two/dut.v": LEAF.format("dut") + "// another\n",
        },
    )
    done = check(root)
    assert done.returncode == 1
    assert "tb.v:2: error: 'dut' could mean one/dut.v or two/dut.v" in done.stdout
    assert "pass test off_tb.v" in done.stdout  # it is not needed there
    write(root, {"hdlsmith.toml": '[check]\nexclude = ["two"]\n'})
    assert check(root).returncode == 0


@pytest.mark.tool("ghdl")
def test_vhdl_is_linted_and_simulated(root: Path) -> None:
    bench = (
        "entity inv_tb is end;\narchitecture s of inv_tb is\n  signal a, y : bit;\nbegin\n"
        "  u : entity work.inv port map (a, y);\n  process begin\n    wait for 1 ns;\n"
        "    assert y = '1' severity failure;\n    report \"1 check passed\";\n    wait;\n"
        "  end process;\nend;\n"
    )
    write(
        root,
        {
            "rtl/inv.vhd": "entity inv is port (a : in bit; y : out bit); end;\n",
            "rtl/inv_rtl.vhd": "architecture rtl of inv is begin y <= not a; end;\n",
            "rtl/bad.vhd": "entity bad is end;\narchitecture s of bad is begin\n  x <= 1;\nend;\n",
            "tb/inv_tb.vhd": bench,
        },
    )
    assert statuses(root) == {
        "rtl/inv.vhd": "passed",
        "rtl/inv_rtl.vhd": "passed",
        "rtl/bad.vhd": "failed",
        "tb/inv_tb.vhd": "passed",
    }
    assert 'rtl/bad.vhd:3:3: error: no declaration for "x"' in check(root).stdout


@pytest.mark.tool("pyosys")
def test_proofs(root: Path) -> None:
    table = '[[check.proof]]\nname = "{0}"\ntop = "fifo"\nsources = ["{0}.sv"]\n'
    write(root, {"hdlsmith.toml": table.format("holds") + table.format("fails")})
    write(root, {"holds.sv": FIFO.format(5), "fails.sv": FIFO.format(4).replace("below: ", "")})
    report = json.loads(check(root, "--format", "json").stdout)
    proofs = {unit["name"]: unit for unit in report["units"] if unit["kind"] == "proof"}
    assert {name: unit["status"] for name, unit in proofs.items()} == {
        "holds": "passed",
        "fails": "failed",
    }
    assert report["exit_code"] == 1
    [finding] = proofs["fails"]["diagnostics"]
    assert finding["message"].startswith("it fails at step ")  # it has no name
    assert (finding["path"], finding["line"], finding["code"]) == (
        "fails.sv",
        4,
        "assertion-refuted",
    )
    again = json.loads(check(root, "--format", "json").stdout)
    assert all(unit["cached"] for unit in again["units"])


@pytest.mark.tool("git")
@pytest.mark.tool("verilator")
def test_changed_since(root: Path) -> None:
    shutil.rmtree(root / ".git")
    top = "module top(input a, output b);\n  leaf u (.a(a), .b(b));\nendmodule\n"
    write(root, {n: LEAF.format(n[:-2]) for n in ("leaf.v", "other.v", "gone.v")} | {"top.v": top})

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    assert statuses(root, "--changed-since", "HEAD") == {}
    assert check(root, "--changed-since", "HEAD").returncode == 0
    (root / "leaf.v").write_text(LEAF.format("leaf") + "// more\n")
    assert set(statuses(root, "--changed-since", "HEAD")) == {"leaf.v", "top.v"}
    assert set(statuses(root, "--changed-since", "HEAD", "top.v")) == {"top.v"}
    git("commit", "-qam", "two")
    (root / "new file.v").write_text(LEAF.format("newer"))  # untracked
    assert set(statuses(root, "--changed-since", "HEAD~1")) == {"leaf.v", "top.v", "new file.v"}
    (root / "gone.v").unlink()  # nobody knows who had read it
    assert set(statuses(root, "--changed-since", "HEAD")) == {
        "leaf.v",
        "other.v",
        "top.v",
        "new file.v",
    }
    for bad in ("nowhere", "-x", "--output=x", "HEAD~9", "HEAD:leaf.v", ""):
        done = check(root, f"--changed-since={bad}")
        assert done.returncode == (2 if bad else 0), bad
        assert not bad or done.stderr.startswith("error: ")


def test_changed_since_needs_a_git_repository(root: Path) -> None:
    shutil.rmtree(root / ".git")
    write(root, {"a.v": LEAF.format("a"), "hdlsmith.toml": ""})
    done = check(root, "--changed-since", "HEAD")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: git: fatal: not a git repository")
    assert "  try: leave out --changed-since" in done.stderr


def test_a_misspelt_section_is_no_empty_check(root: Path) -> None:
    write(root, {"a.v": LEAF.format("a"), "hdlsmith.toml": "[chek]\ntimeout_s = 3\n"})
    done = check(root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: unknown setting 'chek'\n  try: did you mean 'check'?\n"


@pytest.mark.tool("git")
def test_the_repositorys_git_settings_start_no_program(root: Path) -> None:
    shutil.rmtree(root / ".git")
    write(root, {"a.v": LEAF.format("a"), ".gitattributes": "*.v diff=evil\n"})
    (root / "evil").write_text("#!/bin/sh\ntouch ran\n")
    (root / "evil").chmod(0o755)
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    who = ["-c", "user.name=t", "-c", "user.email=t@t"]
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    subprocess.run(["git", *who, "commit", "-qm", "x"], cwd=root, check=True)
    for key in ("core.fsmonitor", "diff.external", "diff.evil.command", "diff.evil.textconv"):
        subprocess.run(["git", "config", key, str(root / "evil")], cwd=root, check=True)
    (root / "a.v").write_text(LEAF.format("other"))
    assert check(root, "--changed-since", "HEAD").returncode == 0
    assert not (root / "ran").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "nothing to check"),
        (("none.v",), "does not exist"),
        (("hdl.v", "/usr"), "is not in the repository"),
        (("--format", "xml"), "Invalid value"),
    ],
)
def test_usage(arguments: tuple[str, ...], words: str, root: Path) -> None:
    write(root, {"README.md": "no HDL here\n"})
    if "hdl.v" in arguments:
        write(root, {"hdl.v": LEAF.format("m")})
    done = check(root, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.tool("iverilog")
def test_ctrl_c_leaves_nothing_and_keeps_what_was_finished(
    root: Path, tmp_path: Path, isolated_user: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    write(root, {"a_tb.v": SAYS.format("a_tb", "PASS")})
    write(root, {f"z{n}_tb.v": SPINS.format(f"z{n}_tb") for n in range(8)})
    process = subprocess.Popen(
        command("check"),
        cwd=root,
        env=environment(TMPDIR=str(scratch)),
        stderr=subprocess.PIPE,
    )
    results = isolated_user / "state/check"
    deadline = time.monotonic() + 60
    while not (results.is_dir() and any(results.iterdir()) and any(scratch.iterdir())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in told
    assert not list(scratch.iterdir())
    assert "pass test a_tb.v (cached)" in check(root, "a_tb.v").stdout
