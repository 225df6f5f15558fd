"""Building and updating: what fails stays apart, and an update equals a build."""

import os
import re
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hdlsmith.errors import InputError
from hdlsmith.file_lock import try_lock
from hdlsmith.index_settings import IndexSettings
from hdlsmith.languages import Language
from hdlsmith.retrieval.building.build import build, update
from hdlsmith.retrieval.building.change import stale_files
from hdlsmith.retrieval.frontends.table import FRONT_ENDS
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store import schema
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.status import content_digest, status_of

COUNTER = """// SPDX-License-Identifier: MIT
`include "width.svh"
module counter (input clk, input rst, output reg [`WIDTH-1:0] q);
  always @(posedge clk) if (rst) q <= 0; else q <= q + 1;
endmodule
"""
TOP = """module top (input clk, input rst, output [`WIDTH-1:0] q, output `KIND z);
  counter u_counter (.clk(clk), .rst(rst), .q(q));
endmodule
"""
FILES = {
    "rtl/counter.sv": COUNTER,
    "rtl/top.sv": TOP,
    "rtl/width.svh": "`define WIDTH 8\n",
    "copy/counter.sv": COUNTER,
    "copy/plain.v": "module plain; endmodule\n",
    "plain.v": "module plain; endmodule\n",
    "LICENSE": "Apache License, Version 2.0",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for path, text in FILES.items():
        put(root, path, text)
    return root


def put(root: Path, path: str, text: str) -> None:
    """Write a file as it would have been some time ago."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    age(root / path)


def age(path: Path) -> None:
    then = path.stat().st_mtime_ns - 10_000_000_000
    os.utime(path, ns=(then, then))


def rebuilt(root: Path) -> str:
    """The content of an index of the same files built in one go."""
    fresh = root.parent / "fresh"
    build(root, fresh)
    return content_digest(fresh)


def check_words(folder: Path) -> None:
    """SQLite compares what it has indexed of raw texts with the texts."""
    with closing(schema.open_writing(folder)) as database:
        database.execute("INSERT INTO fts_raw(fts_raw, rank) VALUES('integrity-check', 1)")


def named(folder: Path, name: str) -> list[str]:
    with Index(folder) as index:
        return [str(place) for node in index.named(name) for place in index.places(node)]


def test_equal_texts_are_one_source_with_many_places(root: Path) -> None:
    build(root)
    with Index(root / ".hdlsmith") as index:
        (plain,) = index.named("plain")
        assert [place.path for place in index.places(plain)] == ["copy/plain.v", "plain.v"]
        assert index.places(plain, "plain.v")[0].path == "plain.v"
        (counter,) = index.named("counter", (Kind.MODULE,))
        assert [place.licence for place in index.places(counter)] == ["MIT", "MIT"]
        assert index.places(plain)[0].licence == "Apache-2.0"


def test_equal_texts_with_unequal_includes_are_two_sources(root: Path) -> None:
    put(root, "copy/width.svh", "`define WIDTH 16\n")
    build(root)
    with Index(root / ".hdlsmith") as index:
        assert len(index.named("counter", (Kind.MODULE,))) == 2


@pytest.mark.parametrize("text", ["crash", "hang", "sleep", "greedy", "leave", "raise"])
def test_a_file_that_breaks_its_reader_costs_itself_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setitem(FRONT_ENDS, Language.VHDL, "tests.retrieval.broken_readers:read")
    for number in range(6):
        put(root, f"good{number}.vhd", f"entity {number}")
    put(root, "bad.vhd", text)
    build(root, settings=IndexSettings(file_timeout_s=1))
    status = status_of(root / ".hdlsmith")
    assert list(status.errors) == ["bad.vhd"]
    assert status.files["vhdl"] == 7
    assert len([1 for n in range(6) if named(root / ".hdlsmith", f"good{n}")]) == 6
    assert update(root / ".hdlsmith", IndexSettings(file_timeout_s=1)).read == 0


def edit(root: Path) -> None:
    put(root, "rtl/counter.sv", COUNTER.replace("q + 1", "q - 1"))


def grow_a_header(root: Path) -> None:
    put(root, "rtl/width.svh", "`define WIDTH 8\n`define KIND reg\n")


def change_a_macro(root: Path) -> None:
    put(root, "rtl/width.svh", "`define WIDTH 32\n")


def add_a_nearer_header(root: Path) -> None:
    put(root, "copy/width.svh", "`define WIDTH 4\n")


def add_a_macro_that_was_missing(root: Path) -> None:
    put(root, "elsewhere/kinds.svh", "`define KIND wire\n")


def remove_a_header(root: Path) -> None:
    (root / "rtl/width.svh").unlink()


def move_a_file(root: Path) -> None:
    (root / "rtl/top.sv").rename(root / "rtl/over.sv")


def remove_one_of_two_places(root: Path) -> None:
    (root / "plain.v").unlink()


def remove_a_folder(root: Path) -> None:
    for path in (root / "copy").iterdir():
        path.unlink()
    (root / "copy").rmdir()


def make_unreadable(root: Path) -> None:
    (root / "plain.v").write_bytes(b"\0\0")


def change_the_licence(root: Path) -> None:
    put(root, "LICENSE", "Permission is hereby granted, free of charge, to any person")


def include_an_oddly_named_file(root: Path) -> None:
    put(root, "rtl/defs.h", "`define KIND wire\nmodule in_a_header; endmodule\n")
    put(root, "rtl/top.sv", f'`include "defs.h"\n{TOP}')


EDITS = [
    edit,
    grow_a_header,
    change_a_macro,
    add_a_nearer_header,
    add_a_macro_that_was_missing,
    remove_a_header,
    move_a_file,
    remove_one_of_two_places,
    remove_a_folder,
    make_unreadable,
    change_the_licence,
    include_an_oddly_named_file,
]


@pytest.mark.parametrize("change", EDITS, ids=lambda change: change.__name__)
def test_an_update_equals_a_build(root: Path, change: Callable[[Path], None]) -> None:
    build(root)
    before = content_digest(root / ".hdlsmith")
    change(root)
    update(root / ".hdlsmith")
    after = content_digest(root / ".hdlsmith")
    assert after == rebuilt(root)
    assert after != before
    check_words(root / ".hdlsmith")
    for path in [path for path in root.rglob("*") if path.is_file()]:
        if ".hdlsmith" not in path.parts and path.name not in FILES:
            path.unlink()
    for path, text in FILES.items():
        put(root, path, text)
    update(root / ".hdlsmith")
    assert content_digest(root / ".hdlsmith") == before


def test_an_update_reads_only_what_depends_on_a_change(root: Path) -> None:
    build(root)
    folder = root / ".hdlsmith"
    assert update(folder).read == 0
    edit(root)
    assert stale_files(folder, IndexSettings()) == ["rtl/counter.sv"]
    assert update(folder).read == 1
    change_a_macro(root)
    assert update(folder).read == 4  # the header, both counters, top
    assert stale_files(folder, IndexSettings()) == []


def test_a_file_written_twice_in_no_time_is_read_twice(root: Path) -> None:
    (root / "plain.v").write_text("module first; endmodule\n")
    build(root)
    found = (root / "plain.v").stat()
    (root / "plain.v").write_text("module other; endmodule\n")
    os.utime(root / "plain.v", ns=(found.st_mtime_ns, found.st_mtime_ns))
    update(root / ".hdlsmith")
    assert named(root / ".hdlsmith", "other") == ["plain.v:1"]


def test_other_macros_mean_reading_everything_anew(root: Path) -> None:
    build(root)
    put(root, "sim.f", "+define+KIND=wire\n")
    settings = IndexSettings(filelist=("sim.f",), define=("WIDTH=3",))
    update(root / ".hdlsmith", settings)
    fresh = root.parent / "fresh"
    build(root, fresh, settings)
    assert content_digest(root / ".hdlsmith") == content_digest(fresh)


def test_deleted_text_is_found_no_more(root: Path) -> None:
    put(root, "dog.v", "module watchdog(input kick); endmodule\n")
    build(root)
    with Index(root / ".hdlsmith") as index:
        assert index.match("raw", "watchdog", 5)
        assert index.match("graph", "kick", 5)
    (root / "dog.v").unlink()
    update(root / ".hdlsmith")
    with Index(root / ".hdlsmith") as index:
        assert not index.match("raw", "watchdog", 5)
        assert not index.match("graph", "kick", 5)
        assert not index.named("watchdog")


def test_one_builder_at_a_time(root: Path) -> None:
    build(root)
    with (root / ".hdlsmith" / "lock").open("w") as lock:
        assert try_lock(lock)
        for work in (lambda: build(root), lambda: update(root / ".hdlsmith")):
            with pytest.raises(InputError, match="another process"):
                work()


def test_a_reader_goes_on_while_the_index_is_replaced(root: Path) -> None:
    build(root)
    with Index(root / ".hdlsmith") as reader:
        edit(root)
        build(root)
        build(root)
        assert len(reader.named("counter", (Kind.MODULE,))) == 1
        assert "q + 1" in reader.text(reader.of_kind(Kind.PROCESS)[0])
    assert len(list((root / ".hdlsmith").glob("index-*.sqlite"))) == 1


def test_a_stopped_build_leaves_the_last_good_index(root: Path) -> None:
    build(root)
    folder = root / ".hdlsmith"
    before = content_digest(folder)
    edit(root)

    class Stop:
        """A user who loses patience."""

        def start(self, phase: str, total: int) -> None: ...

        def advance(self, steps: int = 1) -> None:
            raise KeyboardInterrupt

    for work in (
        lambda: build(root, progress=Stop()),
        lambda: update(folder, progress=Stop()),
    ):
        with pytest.raises(KeyboardInterrupt):
            work()
        assert content_digest(folder) == before
    assert len(list(folder.glob("index-*.sqlite"))) == 1


def test_a_disk_that_takes_no_more_leaves_the_last_good_index(root: Path) -> None:
    build(root)
    folder = root / ".hdlsmith"
    before = content_digest(folder)
    put(root, "long.v", "module long; endmodule\n" + "// much\n" * 200_000)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limit[1]))
    try:
        for work in (lambda: build(root), lambda: update(folder)):
            with pytest.raises(OSError, match=re.escape(str(folder))):
                work()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert content_digest(folder) == before
    assert len(list(folder.glob("index-*.sqlite"))) == 1


def test_damaged_and_foreign_indices_say_what_to_do(root: Path) -> None:
    folder = root / ".hdlsmith"
    with pytest.raises(InputError) as missing:
        Index(folder)
    build(root)
    database = (folder / "index.sqlite").resolve()
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE meta SET value = 'x' WHERE key = 'schema'")
    with pytest.raises(InputError) as foreign:
        Index(folder)
    connection.close()
    for rest in folder.glob("index*-*"):
        if rest.name.endswith(("-wal", "-shm")):
            rest.unlink()
    database.write_bytes(b"no database at all" * 1000)
    with pytest.raises(InputError) as damaged:
        update(folder)
    for failure in (missing, foreign, damaged):
        assert "hdlsmith index build" in failure.value.remedy
    build(root)
    assert named(folder, "plain")
