"""Killing what builds and updates an index.

As a program it does so with vectors too, and prints what the index and Chroma hold after each kill.
It is a process of its own: Chroma's threads and a fork don't agree, so nothing here opens Chroma
but the children.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hdlsmith.retrieval.building.build import build, update
from hdlsmith.retrieval.store.status import content_digest
from hdlsmith.retrieval.vectors.chroma import VectorStore
from hdlsmith.retrieval.vectors.static import StaticEmbedder
from hdlsmith.retrieval.vectors.sync import EMBEDDED, sync
from hdlsmith.settings import Settings

SETTINGS = Settings()
KILLS = 20
FILES = 40


def text(number: int, step: int) -> str:
    return f"""`include "common.svh"
module unit{number} (input clk, input rst, input [`WIDTH-1:0] a{number}, output reg [7:0] q);
  wire [7:0] next = q + a{number} + {step};
  always @(posedge clk) if (rst) q <= 0; else q <= next;
endmodule
"""


def write(root: Path, step: int, numbers: range = range(FILES)) -> None:
    root.mkdir(exist_ok=True)
    (root / "common.svh").write_text(f"`define WIDTH {8 + step}\n")
    for number in numbers:
        (root / f"unit{number}.sv").write_text(text(number, step))


def killed_after(seconds: float, work: Callable[[], object]) -> None:
    """Do the work in a process that is killed so long after its start, if it runs that long."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def duration_s(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def in_child(work: Callable[[], object]) -> str:
    """What the work says, done in a process of its own."""
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(into, str(work()).encode())
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out) as said:
        text = said.read()
    os.waitpid(pid, 0)
    return text


def built(root: Path, folder: Path) -> str:
    build(root, folder)
    return brought_in_line(folder)


def updated(root: Path, folder: Path) -> str:
    del root
    update(folder)
    return brought_in_line(folder)


def brought_in_line(folder: Path) -> str:
    """Digest of the index and of the keys of all vectors."""
    sync(folder, SETTINGS)
    store = VectorStore(folder, StaticEmbedder.name, SETTINGS.chroma)
    with store.reading() as collections:
        keys = [sorted(collections.keys(name)) for name in dict.fromkeys(EMBEDDED.values())]
    store.close()
    return content_digest(folder) + hashlib.sha256(json.dumps(keys).encode()).hexdigest()


def main(root: Path) -> None:
    """Print pairs: after a kill and going on, and built in one go."""
    import chromadb  # noqa: F401 - once, not in every child

    chance = random.Random(3)
    folder = root / ".hdlsmith"
    whole = []
    for step in (0, 1):
        write(root, step, range(10))
        whole.append(in_child(lambda step=step: built(root, root.parent / f"fresh{step}")))
    longest_s = duration_s(lambda: in_child(lambda: built(root, folder)))
    for number in range(2 * KILLS):
        write(root, number % 2, range(10))
        work = built if number % 4 < 2 else updated
        killed_after(chance.uniform(0, longest_s), lambda work=work: work(root, folder))
        content_digest(folder)
        print(json.dumps([in_child(lambda work=work: work(root, folder)), whole[number % 2]]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
