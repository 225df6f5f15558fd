"""Fixtures all tests share: an isolated user, and honest skips for missing tools and data."""

import os
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest

# A shell that starts us in the background ignores Ctrl-C, and so would every child of ours.
signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"  # LangGraph reads it when it is imported

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-tools",
        action="store_true",
        help="fail, instead of skipping, a test whose program is missing (CI sets this)",
    )


@pytest.fixture(autouse=True)
def isolated_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home, state and working folder, and no HDLSMITH_* variable of the real user."""
    for variable in list(os.environ):
        if variable.startswith("HDLSMITH_"):
            monkeypatch.delenv(variable)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HDLSMITH_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("HDLSMITH_STATE_DIR", str(home / "state"))
    monkeypatch.chdir(home)
    return home


@pytest.fixture(autouse=True)
def require_marked_tools(request: pytest.FixtureRequest) -> None:
    """Skip a `@pytest.mark.tool(name)` test whose program is missing; fail it in CI."""
    for mark in request.node.iter_markers("tool"):
        name = mark.args[0]
        if _has_tool(name):
            continue
        reason = f"{name} is not installed"
        if request.config.getoption("--require-tools"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


def _has_tool(name: str) -> bool:
    from hdlsmith.sandbox.cage import bubblewrap_works
    from hdlsmith.sandbox.linters.verilator import find_verilator
    from hdlsmith.sandbox.toolbox import find_tool
    from hdlsmith.settings import ToolSettings

    if name == "verilator":
        return find_verilator(ToolSettings()) is not None
    if name == "bwrap":
        return bubblewrap_works()
    return find_tool(name, ToolSettings()) is not None or find_spec(name) is not None


@pytest.fixture
def verilog_eval() -> Path:
    """The VerilogEval checkout beside the repository; skips where it is absent."""
    path = DATA / "verilog-eval"
    if not path.is_dir():
        pytest.skip("the VerilogEval dataset is not beside this repository")
    return path


@pytest.fixture
def replay_answers() -> Path:
    """780 stored answers with their official codes; skips where they are absent."""
    path = DATA / "replay" / "spec-to-rtl.jsonl"
    if not path.is_file():
        pytest.skip("the stored answers are not beside this repository")
    return path
