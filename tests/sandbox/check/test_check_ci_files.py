"""The files that CI systems read: valid, and saying what the command line understands."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
DOCS = (ROOT / "docs/ci.md").read_text()


def valid(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Held against the schema that the package brings along; nothing is fetched."""
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def snippets() -> Iterator[str]:
    yield from re.findall(r"^```yaml\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)


def snippet(words: str) -> str:
    return next(text for text in snippets() if words in text)


def test_the_action_is_valid() -> None:
    done = valid("vendor.github-actions", ROOT / "action.yml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("schema", "words"),
    [("vendor.github-workflows", "runs-on"), ("vendor.gitlab-ci", "artifacts")],
)
def test_the_snippets_of_the_docs_are_valid(schema: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "ci.yml").write_text(snippet(words))
    done = valid(schema, tmp_path / "ci.yml")
    assert done.returncode == 0, done.stdout


def test_what_the_docs_say_of_the_action_and_the_hook_exists() -> None:
    step = yaml.safe_load(snippet("runs-on"))["jobs"]["rtl"]["steps"][1]
    assert set(step["with"]) <= set(ACTION["inputs"])
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    [used] = yaml.safe_load(snippet("repos:"))["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    assert hook["entry"] == "hdlsmith check"
    for path in ("rtl/a.sv", "a.v", "x/a.vhdl", "test_a.py", "hdlsmith.toml", "inc/a.svh"):
        assert re.search(hook["files"], path), path
    assert not re.search(hook["files"], "README.md")


def test_no_input_is_pasted_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize(("verdict", "code"), [("PASS", 0), ("FAIL", 1)])
def test_the_actions_script_runs(verdict: str, code: int, tmp_path: Path) -> None:
    [script] = [step for step in ACTION["runs"]["steps"] if step.get("name") == "Check"]
    installed = tmp_path / "runner/hdlsmith/bin"
    installed.mkdir(parents=True)
    (installed / "hdlsmith").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m hdlsmith "$@"\n')
    (installed / "hdlsmith").chmod(0o755)
    repository = tmp_path / "two words"
    (repository / ".git").mkdir(parents=True)
    bench = 'module {}_tb;\n  initial $display("{}");\nendmodule\n'
    for name in ("a", "b c"):
        (repository / f"{name}_tb.sv").write_text(bench.format(name[0], verdict))
    (repository / "c_tb.sv").write_text(bench.format("c", "FAIL"))
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script["run"]],
        cwd=repository,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(tmp_path / "runner"),
            **dict.fromkeys(script["env"], ""),
            "CHECK_PATHS": "a_tb.sv\nb c_tb.sv\n",
            "CHECK_FORMAT": "github",
            "CHECK_CAGE": "auto",
            "CHECK_SARIF": "out.sarif",
            "CHECK_JUNIT": str(tmp_path / "out.xml"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "hdlsmith check: 2 units (0 cached)" in done.stdout
    assert done.stdout.count("::error file=") == 2 * code
    results = json.loads((repository / "out.sarif").read_text())["runs"][0]["results"]
    assert len(results) == 2 * code
    assert (tmp_path / "out.xml").read_text().count("<failure") == 2 * code
