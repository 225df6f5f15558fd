"""A conversation in this process, with a scripted model behind a real endpoint on loopback."""

import io
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from hdlsmith.agent.chat.lines import PipedLines
from hdlsmith.agent.chat.root import Root
from hdlsmith.agent.chat.screen import Screen
from hdlsmith.agent.chat.secrets import Secrets
from hdlsmith.agent.chat.sessions import Sessions
from hdlsmith.agent.chat.talk import Talk
from hdlsmith.agent.chat.workbench import Workbench
from hdlsmith.retrieval.building.build import build
from hdlsmith.settings import load_settings
from tests.fakes.openai_server import Behaviour, FakeOpenAI

FILES = Path(__file__).parent / "files"
KEY = "sk-live-4f9a1c77e2"

Replies = Sequence[Behaviour] | Callable[[dict[str, Any]], Behaviour]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-chat", action="store_true", help="record the conversation over serv anew"
    )


def action(tool: str, **arguments: Any) -> str:
    """A model's answer."""
    return json.dumps({"action": {"tool": tool, **arguments}})


def say(text: str) -> str:
    return action("say", text=text)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexed") / "repository"
    shutil.copytree(FILES, folder)
    build(folder)
    return folder


@pytest.fixture
def repository(indexed: Path, tmp_path: Path) -> Path:
    """A small indexed repository of ours: a counter and its testbench."""
    return Path(shutil.copytree(indexed, tmp_path / "repository"))


class Chat:
    """
    Attributes:
        prompts: what the model was asked, in order.
    """

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.prompts: list[str] = []
        self._capsys = capsys

    def __call__(self, lines: str, replies: Replies | None = None, *, resume: bool = False) -> str:
        """What is printed while these lines are said."""
        model: dict[str, Any] = {}
        with FakeOpenAI(replies or []) as server:
            if replies is not None:
                model = {"name": "fake", "base_url": server.base_url, "api_key": KEY, "retries": 0}
            settings = load_settings({"model": model}, repository=self.root)
            secrets = Secrets(settings)
            screen = Screen(secrets, Console(highlight=False, no_color=True), live=False)
            bench = Workbench(Root(self.root), settings, secrets, screen)
            sessions = Sessions(settings.state_dir, bench.root.folder)
            about = sessions.find(None) if resume else None
            self._capsys.readouterr()
            Talk(bench, PipedLines(io.StringIO(lines), secrets), sessions, about).run()
            self.prompts += [r.body["messages"][-1]["content"] for r in server.requests]
        return self._capsys.readouterr().out


@pytest.fixture
def chat(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Chat:
    monkeypatch.chdir(repository)
    return Chat(repository, capsys)
