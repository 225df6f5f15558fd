"""The server's life, with a small stand-in for the engine in a real process of its own."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from hdlsmith.agent import model_cli
from hdlsmith.agent.local_model import LocalModel, pull, weights_path
from hdlsmith.agent.local_server import (
    RunningServer,
    ensure_server,
    running_server,
    stop_server,
)
from hdlsmith.errors import MissingToolError, ModelError, ModelMissingError
from hdlsmith.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
MODEL = LocalModel(
    name="stand-in",
    file_name="stand-in.gguf",
    size_bytes=7,
    sha256=hashlib.sha256(b"weights").hexdigest(),
    hub_url="http://127.0.0.1:9/",
    part_wheels=(),
    part_bytes=7,
)

STAND_IN = """
import http.server, os, sys, threading, time
from types import SimpleNamespace
from hdlsmith.agent.local_server import main

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.getcwd().encode())

def load(weights, model):
    with weights.with_name("loads").open("a") as loads:
        print(os.getpid(), file=loads)
    BEHAVIOUR
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    return SimpleNamespace(listening_address=f"http://127.0.0.1:{httpd.server_port}")

main(sys.argv[1:], load)
"""


def stand_in(behaviour: str = "pass") -> tuple[str, ...]:
    return (sys.executable, "-c", STAND_IN.replace("BEHAVIOUR", behaviour))


STARTER = f"""
import sys
from hdlsmith.agent.local_model import LocalModel
from hdlsmith.agent.local_server import ensure_server
from hdlsmith.settings import load_settings
print(ensure_server(load_settings(), {MODEL!r}, sys.argv[1:]).pid, flush=True)
sys.stdin.read()
"""


def start_command(behaviour: str) -> subprocess.Popen[str]:
    """Another command that needs the server, and runs until its stdin is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, *stand_in(behaviour)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


class Silent:
    def note(self, line: str) -> None:
        pass

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        pass


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Settings under which the stand-in's weights are pulled; ends what a test leaves running."""
    settings = load_settings()
    weights = weights_path(settings, MODEL)
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"weights")
    pull(settings, Silent(), MODEL)
    yield settings
    stop_server(settings)


def loads(settings: Settings) -> list[int]:
    """The pid of every process that loaded the weights."""
    file = weights_path(settings, MODEL).with_name("loads")
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def wait_until_loading(settings: Settings) -> None:
    deadline = time.monotonic() + 30
    while not loads(settings):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def answers(server: RunningServer) -> bool:
    try:
        return httpx.get(server.base_url, trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_one_server_is_started_reused_and_stopped(settings: Settings) -> None:
    assert running_server(settings) is None
    server = ensure_server(settings, MODEL, stand_in())
    assert server.model == "stand-in"
    assert server.base_url.startswith("http://127.0.0.1:")
    assert server.base_url.endswith("/v1")
    assert answers(server)
    assert ensure_server(settings, MODEL, stand_in()) == running_server(settings) == server
    assert stop_server(settings)
    assert not answers(server)
    assert running_server(settings) is None
    assert not stop_server(settings)
    assert loads(settings) == [server.pid]


def test_it_writes_nothing_into_the_terminal(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    ensure_server(settings, MODEL, stand_in("print('loading', file=sys.stderr, flush=True)"))
    assert capfd.readouterr() == ("", "")
    (log,) = settings.state_dir.glob("local_server.*.log")
    assert "loading" in log.read_text()


def test_it_imports_nothing_from_the_users_folder(settings: Settings) -> None:
    for name in ("json", "xllamacpp", "hdlsmith"):
        Path(f"{name}.py").write_text("raise SystemExit('foreign code ran')")
    server = ensure_server(settings, MODEL, stand_in())
    assert httpx.get(server.base_url, trust_env=False).text == str(ROOT)


def test_it_survives_the_command_and_its_ctrl_c(settings: Settings) -> None:
    command = start_command("pass")
    assert command.stdout is not None
    pid = int(command.stdout.readline())
    os.killpg(command.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
    command.communicate()
    server = running_server(settings)
    assert server is not None
    assert server.pid == pid
    assert os.getsid(pid) == pid
    assert answers(server)


def test_two_commands_at_once_start_one_server(settings: Settings) -> None:
    commands = [start_command("time.sleep(1)") for _ in range(2)]
    pids = {command.communicate()[0] for command in commands}
    assert len(pids) == 1
    assert len(loads(settings)) == 1


def test_a_start_whose_command_is_killed_is_finished_and_found(settings: Settings) -> None:
    command = start_command("time.sleep(1)")
    wait_until_loading(settings)
    command.kill()
    command.communicate()
    assert running_server(settings) is None
    server = ensure_server(settings, MODEL, stand_in())
    assert loads(settings) == [server.pid]


def test_ctrl_c_while_loading_leaves_no_server(settings: Settings) -> None:
    command = start_command("time.sleep(30)")
    wait_until_loading(settings)
    command.send_signal(signal.SIGINT)
    command.communicate()
    assert not stop_server(settings)  # at once: nothing is starting any more


def test_a_server_that_was_killed_is_replaced(settings: Settings) -> None:
    first = ensure_server(settings, MODEL, stand_in())
    os.kill(first.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while running_server(settings):
        assert time.monotonic() < deadline
    second = ensure_server(settings, MODEL, stand_in())
    assert second.pid != first.pid
    assert answers(second)


def test_a_recycled_pid_is_never_killed(settings: Settings) -> None:
    first = ensure_server(settings, MODEL, stand_in())
    (state,) = settings.state_dir.glob("local_server.*.json")
    stop_server(settings)
    stranger = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    state.write_text(json.dumps({**vars(first), "pid": stranger.pid}))
    assert running_server(settings) is None
    assert not stop_server(settings)
    assert not state.exists()
    stranger.communicate(b"\n")
    assert stranger.returncode == 0


def test_a_server_that_ignores_sigterm_is_killed(settings: Settings) -> None:
    behaviour = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    server = ensure_server(settings, MODEL, stand_in(behaviour))
    assert stop_server(settings)
    assert not answers(server)


def test_a_server_that_dies_while_loading_shows_its_last_lines(settings: Settings) -> None:
    with pytest.raises(ModelError) as caught:
        ensure_server(settings, MODEL, stand_in("sys.exit('cannot allocate memory')"))
    assert "ended while starting (status 1)" in caught.value.message
    assert "cannot allocate memory" in caught.value.message
    assert "local_server." in caught.value.remedy
    assert not stop_server(settings)
    assert answers(ensure_server(settings, MODEL, stand_in()))


def test_without_weights_the_error_says_how_to_get_them() -> None:
    with pytest.raises(ModelMissingError) as caught:
        ensure_server(load_settings(), MODEL, stand_in())
    assert "hdlsmith model pull" in caught.value.remedy


def test_without_xllamacpp_the_error_says_how_to_get_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)  # how Python marks a missing module
    with pytest.raises(MissingToolError) as caught:
        ensure_server(settings, MODEL)
    assert caught.value.remedy == "pip install 'hdlsmith[local]'"
    assert caught.value.exit_code == 3


def test_the_commands_see_the_running_server(settings: Settings) -> None:
    server = ensure_server(settings, MODEL, stand_in())
    served = CliRunner().invoke(model_cli.app, ["serve"])
    assert served.stdout == f"{server.base_url}\n"
    stopped = CliRunner().invoke(model_cli.app, ["stop"])
    assert (stopped.exit_code, stopped.stdout) == (0, "stopped\n")
    again = CliRunner().invoke(model_cli.app, ["stop"])
    assert (again.exit_code, again.stdout) == (0, "no local model was running\n")
