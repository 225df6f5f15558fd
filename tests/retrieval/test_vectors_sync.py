"""Vectors and index in line: in one go, after edits, after kills, on a server."""

import gc
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from hdlsmith.file_lock import try_lock
from hdlsmith.retrieval.building.build import build, update
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.vectors.chroma import VectorStore
from hdlsmith.retrieval.vectors.nearest import NearestNodes
from hdlsmith.retrieval.vectors.pending import can_wait
from hdlsmith.retrieval.vectors.places import VectorsBusyError, VectorsError
from hdlsmith.retrieval.vectors.static import StaticEmbedder
from hdlsmith.retrieval.vectors.sync import EMBEDDED, sync
from hdlsmith.settings import ChromaSettings, Settings

COUNTER = """
module counter #(parameter W = 8) (input clk_i, input rst_ni, input en_i, output reg [W-1:0] q_o);
  always @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) q_o <= 0;
    else if (en_i) q_o <= q_o + 1;
endmodule
"""
ARBITER = """
module arbiter (input [1:0] req_i, output [1:0] gnt_o);
  assign gnt_o[0] = req_i[0];
  assign gnt_o[1] = req_i[1] & ~req_i[0];
endmodule
"""
SETTINGS = Settings()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "counter.v").write_text(COUNTER)
    (root / "arbiter.v").write_text(ARBITER)
    (root / "copy.v").write_text(ARBITER)
    return root


def held(index: Path, settings: Settings = SETTINGS) -> dict[str, set[str]]:
    store = VectorStore(index, StaticEmbedder.name, settings.chroma)
    with store.reading() as collections:
        found = {name: collections.keys(name) for name in set(EMBEDDED.values())}
    store.close()
    return found


def found(index: Path, text: str, kind: Kind, settings: Settings = SETTINGS) -> str:
    nearest = NearestNodes(index, settings)
    try:
        hits = nearest.find(text, 1, (kind,))
    finally:
        nearest.close()
    with Index(index) as opened:
        return opened.text(opened.node(hits[0][0])) if hits else ""


def test_a_question_in_plain_words_finds_the_block(repository: Path) -> None:
    index = build(repository) and repository / ".hdlsmith"
    assert sync(index, SETTINGS).added > 5
    assert "q_o <= q_o + 1" in found(index, "counts up by one while enabled", Kind.PROCESS)
    assert "module arbiter" in found(index, "grants requests", Kind.MODULE)
    assert sync(index, SETTINGS) == (0, 0)


def test_an_index_without_vectors_answers_nothing(repository: Path) -> None:
    build(repository)
    assert not can_wait(repository / ".hdlsmith", SETTINGS.chroma)
    assert found(repository / ".hdlsmith", "counter", Kind.MODULE) == ""


def test_an_edit_is_found_by_the_next_question(repository: Path) -> None:
    build(repository)
    index = repository / ".hdlsmith"
    sync(index, SETTINGS)
    (repository / "counter.v").write_text(COUNTER.replace("q_o + 1", "q_o ^ {W{parity_error}}"))
    update(index)
    assert can_wait(index, SETTINGS.chroma)
    assert "parity_error" in found(index, "parity error", Kind.PROCESS)
    fresh = repository.parent / "fresh"
    build(repository, fresh)
    sync(fresh, SETTINGS)
    assert held(index) == held(fresh)


def test_a_removed_file_takes_its_vectors_along(repository: Path) -> None:
    build(repository)
    index = repository / ".hdlsmith"
    sync(index, SETTINGS)
    (repository / "counter.v").unlink()
    update(index)
    assert sync(index, SETTINGS).deleted > 0
    assert found(index, "counts up", Kind.PROCESS) == ""


def test_lost_and_damaged_vectors_are_made_again(repository: Path) -> None:
    build(repository)
    index = repository / ".hdlsmith"
    sync(index, SETTINGS)
    whole = held(index)
    (index / "vectors" / "chroma.sqlite3").write_bytes(b"SQLite format 3\0 and then nonsense" * 99)
    with pytest.raises(VectorsError) as failure:
        held(index)
    assert "index update" in failure.value.remedy
    sync(index, SETTINGS)
    assert held(index) == whole


def test_vectors_that_came_with_a_copy_are_never_opened(repository: Path) -> None:
    build(repository)
    sync(repository / ".hdlsmith", SETTINGS)
    clone = repository.parent / "clone"
    shutil.copytree(repository, clone, symlinks=True)
    index = clone / ".hdlsmith"
    planted = index / "vectors" / "planted"
    planted.write_text("read by native code")
    with pytest.raises(VectorsError, match="made elsewhere") as failure:
        held(index)
    assert "index update" in failure.value.remedy
    assert found(index, "counts up", Kind.PROCESS) == ""
    assert sync(index, SETTINGS).added > 5
    assert not planted.exists()
    assert held(index) == held(repository / ".hdlsmith")


@pytest.mark.tool("bwrap")
def test_foreign_vectors_that_cannot_be_removed_are_not_opened(repository: Path) -> None:
    build(repository)
    index = repository / ".hdlsmith"
    planted = index / "vectors" / "graph" / "planted"
    planted.parent.mkdir(parents=True)
    planted.write_text("read by native code")
    planted.parent.chmod(0o555)
    unprivileged = ["bwrap", "--dev-bind", "/", "/", "--cap-drop", "ALL"]
    assert in_another_process(index, unprivileged).wait() == 1
    assert not can_wait(index, SETTINGS.chroma)
    planted.parent.chmod(0o755)
    assert sync(index, SETTINGS).added > 5
    assert not planted.exists()


def test_nobody_writes_while_another_is_at_the_vectors(repository: Path) -> None:
    build(repository)
    index = repository / ".hdlsmith"
    sync(index, SETTINGS)
    with (index / "vectors.lock").open() as lock:
        assert try_lock(lock, shared=True)
        with pytest.raises(VectorsBusyError):
            sync(index, SETTINGS)
        assert found(index, "counts up", Kind.PROCESS)
    with (index / "vectors.lock").open() as lock:
        assert try_lock(lock)
        assert found(index, "counts up", Kind.PROCESS) == ""


def test_an_open_reader_sees_what_another_process_wrote(repository: Path) -> None:
    build(repository)
    index = repository / ".hdlsmith"
    sync(index, SETTINGS)
    nearest = NearestNodes(index, SETTINGS)
    assert nearest.find("watchdog", 1)
    (repository / "dog.v").write_text("module watchdog(input kick_i, output bark_o); endmodule")
    update(index)
    in_another_process(index).wait()
    ((node, cosine),) = nearest.find("watchdog", 1, (Kind.MODULE,))
    nearest.close()
    with Index(index) as opened:
        assert opened.node(node).name == "watchdog"
    assert cosine > 0.3


def test_a_sync_killed_at_any_moment_goes_on(repository: Path) -> None:
    for number in range(120):
        text = COUNTER.replace("counter", f"counter{number}").replace("q_o", f"q{number}_o")
        (repository / f"c{number}.v").write_text(text)
    build(repository)
    index = repository / ".hdlsmith"
    seconds = random.Random(4)
    for _ in range(6):
        child = in_another_process(index)
        time.sleep(seconds.uniform(0.5, 1.6))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    sync(index, SETTINGS)
    fresh = repository.parent / "fresh"
    build(repository, fresh)
    sync(fresh, SETTINGS)
    assert held(index) == held(fresh)


def in_another_process(index: Path, inside: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    code = (
        "import sys; from pathlib import Path; from hdlsmith.settings import Settings;"
        "from hdlsmith.retrieval.vectors.sync import sync; sync(Path(sys.argv[1]), Settings())"
    )
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        [*inside, sys.executable, "-c", code, index],
        env={**os.environ, "PYTHONPATH": str(root)},
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.tool("bwrap")
def test_vectors_need_no_network(repository: Path) -> None:
    build(repository)
    index = repository / ".hdlsmith"
    root = Path(__file__).resolve().parents[2]
    code = (
        "import sys; from pathlib import Path; from hdlsmith.settings import Settings;"
        "from hdlsmith.retrieval.vectors.nearest import NearestNodes;"
        "from hdlsmith.retrieval.vectors.sync import sync;"
        "index = Path(sys.argv[1]); sync(index, Settings());"
        "print(len(NearestNodes(index, Settings()).find('counter', 3)))"
    )
    caged = ["bwrap", "--dev-bind", "/", "/", "--unshare-net", "--setenv", "PYTHONPATH", str(root)]
    done = subprocess.run(
        [*caged, sys.executable, "-c", code, index], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "3\n", done.stderr


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    if not chroma.exists():
        pytest.skip("the chroma server is not installed")
    command = [chroma, "run", "--host", "127.0.0.1", "--port", str(port), "--path", tmp_path / "s"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"127.0.0.1:{port}"
    running.terminate()
    running.wait()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # Chroma's client never closes
def test_a_shared_server_keeps_two_repositories_apart(repository: Path, server: str) -> None:
    settings = Settings(chroma=ChromaSettings(http=server))
    build(repository)
    index, other = repository / ".hdlsmith", repository.parent / "other"
    sync(index, settings)
    (repository / "arbiter.v").unlink()
    (repository / "copy.v").unlink()
    build(repository, other)
    sync(other, settings)
    assert "assign" in found(index, "grants requests", Kind.ASSIGN, settings)
    assert found(other, "grants requests", Kind.ASSIGN, settings) == ""
    assert held(other, settings)["blocks"] < held(index, settings)["blocks"]
    assert not (index / "vectors").exists()
    gc.collect()


def test_a_dead_server_is_a_clear_error(repository: Path) -> None:
    build(repository)
    settings = Settings(chroma=ChromaSettings(http="127.0.0.1:9"))
    with pytest.raises(VectorsError, match="no Chroma server answers") as failure:
        sync(repository / ".hdlsmith", settings)
    assert "chroma run" in failure.value.remedy
