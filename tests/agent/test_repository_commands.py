"""`solve`, `ask` and `index enrich` in an indexed repository, as a user runs them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.meaning.enrich import ENRICHED
from hdlsmith.retrieval.store.index import Index, find_index
from tests.fakes.openai_server import FakeOpenAI
from tests.sandbox import command

from .conftest import EXAMPLES


def hdlsmith(folder: Path, *args: str, base_url: str = "") -> subprocess.CompletedProcess[str]:
    endpoint = {"HDLSMITH_MODEL__BASE_URL": base_url} if base_url else {}
    return command.hdlsmith(*args, cwd=folder, **endpoint)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    shutil.copytree(EXAMPLES / "house", folder)
    build(folder)
    return folder


def test_ask_answers_with_places_that_exist(house: Path) -> None:
    question = ("ask", "what advances the write pointer?", "--model", "fake")
    with FakeOpenAI(["An accepted push does [1]. Also see ghost.sv:3."]) as server:
        done = hdlsmith(house, *question, "--json", base_url=server.base_url)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["citations_removed"] == 1
    path, line = record["cited"][0].rsplit(":", 1)
    assert int(line) <= len((house / path).read_text().splitlines())


def test_ask_says_when_nothing_is_cited(house: Path) -> None:
    with FakeOpenAI(["It is magic."]) as server:
        done = hdlsmith(
            house, "ask", "what does the timer do?", "--model", "fake", base_url=server.base_url
        )
    assert done.returncode == 4
    assert "magic" in done.stdout


def test_a_recorded_answer_of_the_local_model_replays(house: Path) -> None:
    """The local 1.5B model, recorded: it answers out of what it is shown, and cites nothing."""
    recording = f"replay:{EXAMPLES / 'recordings' / 'ask.jsonl'}"
    question = "When does the queue timer load its timer?"
    done = hdlsmith(house, "ask", question, "--model", recording, "--json")
    assert done.returncode == 4, done.stderr  # it cites nothing, so nothing is proved
    record = json.loads(done.stdout)
    assert "`start`" in record["answer"]
    shown = [place for piece in record["evidence"] for place in piece["places"]]
    assert "queue_timer.sv:15" in shown  # assign start = !busy_q && !empty;
    for place in [*shown, *record["cited"]]:
        path, line = place.rsplit(":", 1)
        assert int(line) <= len((house / path).read_text().splitlines())


def test_a_recorded_description_of_the_local_model_replays(house: Path) -> None:
    """The local 1.5B model, recorded: module and blocks are in its words, the lines by rule."""
    recording = f"replay:{EXAMPLES / 'recordings' / 'describe.jsonl'}"
    done = hdlsmith(house, "describe", "down_timer.sv", "--out", "d.jsonl", "--model", recording)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in (house / "d.jsonl").read_text().splitlines()]
    assert len(records) == 16
    assert all(record["compiles"] and record["licence"] == "Apache-2.0" for record in records)
    by_model = [record["grain"] for record in records if record["origin"] == "model"]
    assert "module" in by_model
    assert "line" not in by_model


def test_ask_without_an_index_names_the_remedy(tmp_path: Path) -> None:
    done = hdlsmith(tmp_path, "ask", "why?")
    assert done.returncode == 2
    assert "hdlsmith index build" in done.stderr


def test_ask_without_a_model_names_the_remedy(house: Path) -> None:
    done = hdlsmith(house, "ask", "why?")
    assert done.returncode == 3
    assert "no language model is configured" in done.stderr


def test_enrich_asks_once_and_keeps_the_words(house: Path) -> None:
    with Index(find_index(house)) as index:
        pieces = len(index.of_kind(*ENRICHED))
    command = ("index", "enrich", "--model", "fake", "--json")
    with FakeOpenAI(["It is a gearbox for herrings."] * pieces) as server:
        first = hdlsmith(house, *command, base_url=server.base_url)
        again = hdlsmith(house, *command, base_url=server.base_url)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["nodes"] == pieces
    assert json.loads(again.stdout)["asked"] == 0
    found = hdlsmith(house, "search", "gearbox for herrings", "--json")
    assert found.returncode == 0, found.stderr
    assert "herrings" in found.stdout


def test_a_recorded_solve_follows_the_conventions(house: Path) -> None:
    """The local 1.5B model, recorded: the repository's names, and the candidate that was chosen."""
    request = "An up counter, 4 bits wide, that counts while it is enabled and wraps around."
    recording = f"replay:{EXAMPLES / 'recordings' / 'house.jsonl'}"
    options = ("--top", "up_counter", "--candidates", "3", "--model", recording, "--json")
    done = hdlsmith(house, "solve", request, *options)
    assert done.returncode == 4, done.stderr
    record = json.loads(done.stdout)
    ports = [port["name"] for port in record["plan"]["ports"]]
    assert ports == ["clk_i", "rst_ni", "enable_i", "count_o"]
    assert "always_ff @(posedge clk_i or negedge rst_ni)" in record["files"]["up_counter.sv"]
    assert record["chosen"] == 2
    assert any("preferred on a distinguishing input" in line for line in record["evidence"])
