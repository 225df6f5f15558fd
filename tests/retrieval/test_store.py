"""The store: what goes in comes out again, by id, name, kind, place, edge and word."""

import os
from pathlib import Path

import pytest

from hdlsmith.errors import InputError
from hdlsmith.retrieval.building.build import build, update
from hdlsmith.retrieval.nodes import Edge, EdgeKind, FileGraph, Kind, Node
from hdlsmith.retrieval.paths import distance
from hdlsmith.retrieval.store.index import Index, find_index
from hdlsmith.retrieval.store.rows import rows_of
from hdlsmith.retrieval.store.schema import MOST_NODES
from hdlsmith.retrieval.store.words import any_word, split_name, split_texts
from tests.retrieval.conftest import IndexOf

FIFO = """// a queue
module fifo #(parameter Depth = 4) (input clk_i, input push_i, output reg [7:0] fillLevel_q);
  wire enable = push_i;
  always @(posedge clk_i) if (enable) fillLevel_q <= fillLevel_q + 1;
endmodule
"""
TOP = """module top (input clk_i, input go_i, output [7:0] level_o);
  fifo #(.Depth(8)) u_fifo (.clk_i(clk_i), .push_i(go_i), .fillLevel_q(level_o));
endmodule
"""
ENTITY = """entity Gate is port (A : in bit; Y : out bit); end;
architecture rtl of Gate is begin Y <= not A; end;
"""


@pytest.fixture
def index(index_of: IndexOf) -> Index:
    return index_of({"rtl/fifo.v": FIFO, "rtl/top.v": TOP, "vhdl/gate.vhd": ENTITY})


def test_a_node_knows_its_text_its_place_and_its_module(index: Index) -> None:
    (level,) = index.named("fillLevel_q")
    module = index.module_of(level)
    assert module
    assert (module.name, module.kind) == ("fifo", Kind.MODULE)
    assert "fillLevel_q" in index.text(level)
    assert str(index.places(level)[0]) == "rtl/fifo.v:2"
    assert index.lines(level.source, 1, 1) == "// a queue"
    assert index.node(level.id) == level
    assert level in index.members(module.id, (Kind.PORT,))
    assert level.parent == module.id


def test_edges_are_found_from_both_ends_and_by_what_is_driven(index: Index) -> None:
    (level,) = index.named("fillLevel_q")
    (enable,) = index.named("enable", (Kind.SIGNAL,))
    (drive,) = index.edges_to(level.id, (EdgeKind.DRIVES,))
    process = index.node(drive.source)
    assert (process.kind, drive.clock_edge) == (Kind.PROCESS, "posedge")
    assert drive in index.edges_of(process.source)
    reads = [edge for edge in index.edges_of(process.source) if edge.driven == level.id]
    assert {edge.target for edge in reads} == {level.id, enable.id}


def test_names_of_vhdl_have_no_case(index: Index) -> None:
    assert [node.name for node in index.named("GATE", (Kind.MODULE,))]
    assert not index.named("FIFO")
    assert index.definitions("FIFO")


def test_instances_are_found_by_what_they_instantiate(index: Index) -> None:
    (edge,) = index.instances_of("fifo")
    assert index.node(edge.source).name == "u_fifo"


@pytest.mark.parametrize(
    ("path", "near", "folders"),
    [("a/x.v", "a/y.v", 0), ("x.v", "a/y.v", 1), ("b/c/x.v", "a/y.v", 3), ("b/x.v", "", 0)],
)
def test_distance_counts_the_folders_between(path: str, near: str, folders: int) -> None:
    assert distance(path, near) == (folders, path)


@pytest.mark.parametrize(
    ("table", "text", "name"),
    [
        ("raw", "pushes into a queue with fill level", "fifo"),
        ("graph", "fill level", "fillLevel_q"),
        ("graph", "FILLLEVEL_Q", "fillLevel_q"),
    ],
)
def test_words_find_nodes(index: Index, table: str, text: str, name: str) -> None:
    hits = index.match(table, text, 5)  # type: ignore[arg-type]
    assert name in [index.node(hit.node).name for hit in hits]
    assert hits == sorted(hits, key=lambda hit: -hit.score)


@pytest.mark.parametrize(
    "text", ["", '"', "a AND (", "name:x NEAR/3 *", "';--", "\0", "é ß 名前", "^fifo*", "-" * 99]
)
def test_any_text_is_a_safe_question(index: Index, text: str) -> None:
    for table in ("raw", "graph", "words"):
        index.match(table, text, 5)  # type: ignore[arg-type]


def test_humps_are_word_boundaries() -> None:
    assert split_name("writeEnable") == "write Enable"
    assert split_name("AXILiteBus2Go") == "AXI Lite Bus2 Go"
    texts = [b"writeEnable AXILite", b"", "naïveÄ".encode(), b"a_b"]
    assert split_texts(texts) == ["write Enable AXI Lite", "", "naïveÄ", "a_b"]
    assert any_word("writeEnable, WRITE!") == '"write" OR "enable"'


def test_a_process_inside_a_block_belongs_to_the_module_around() -> None:
    nodes = [
        Node(Kind.MODULE, "m", -1, 1, 4, 0, 9),
        Node(Kind.FUNCTION, "f", 0, 2, 3, 0, 9),
        Node(Kind.SIGNAL, "local", 1, 2, 2, 0, 3),
    ]
    rows = rows_of(1, b"123456789", FileGraph(nodes, [Edge(EdgeKind.DRIVES, 1, 2, line=1)]), {}, {})
    first = 1 << 20
    assert [(row[3], row[4]) for row in rows.nodes] == [
        (-1, -1),
        (first, first),
        (first + 1, first),
    ]


def test_more_nodes_than_ids_count_are_refused() -> None:
    graph = FileGraph([Node(Kind.SIGNAL, "s", -1, 1, 1, 0, 1)] * (MOST_NODES + 1), [])
    with pytest.raises(ValueError, match="1,048,576"):
        rows_of(1, b"s", graph, {}, {})


def test_of_a_line_without_end_little_is_kept_for_each_value_driven_on_it() -> None:
    nodes = [Node(Kind.ASSIGN, "s", -1, 1, 1, 0, 9), Node(Kind.SIGNAL, "s", -1, 1, 1, 0, 1)]
    graph = FileGraph(nodes, [Edge(EdgeKind.DRIVES, 0, 1, line=1)])
    ((_, _, text),) = rows_of(1, b"s = " + b"a + " * 100_000, graph, {}, {}).graph
    assert "s = a + a" in text
    assert len(text) < 2000


def test_the_index_is_found_from_inside_the_repository(tmp_path: Path) -> None:
    (tmp_path / "rtl" / "deep").mkdir(parents=True)
    (tmp_path / "rtl" / "fifo.v").write_text(FIFO)
    build(tmp_path)
    assert find_index(tmp_path / "rtl" / "deep") == tmp_path / ".hdlsmith"
    with pytest.raises(InputError):
        find_index(Path("/"))
    assert (tmp_path / ".hdlsmith" / ".gitignore").read_text() == "*\n"


def test_an_open_reader_sees_what_an_update_brings(tmp_path: Path) -> None:
    (tmp_path / "fifo.v").write_text(FIFO)
    build(tmp_path)
    with Index(tmp_path / ".hdlsmith") as index:
        assert index.named("fifo")
        (tmp_path / "gate.vhd").write_text(ENTITY)
        update(tmp_path / ".hdlsmith")
        assert index.named("GATE")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_can_be_searched(tmp_path: Path) -> None:
    (tmp_path / "fifo.v").write_text(FIFO)
    build(tmp_path)
    folder = tmp_path / ".hdlsmith"
    folder.chmod(0o555)
    try:
        with Index(folder) as index:
            assert index.named("fifo")
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("name", ["lock", ".gitignore", "elaborated", "vectors/chroma.sqlite3"])
def test_an_index_with_links_is_not_touched(tmp_path: Path, name: str) -> None:
    root, victim = tmp_path / "repository", tmp_path / "victim"
    link = root / ".hdlsmith" / name
    link.parent.mkdir(parents=True)
    victim.write_text("precious")
    link.symlink_to(victim)
    with pytest.raises(InputError, match="link"):
        build(root)
    assert victim.read_text() == "precious"


def test_an_index_is_of_the_folder_around_it_wherever_that_goes(tmp_path: Path) -> None:
    root, moved = tmp_path / "root", tmp_path / "moved"
    root.mkdir()
    (root / "a.v").write_text("module a; endmodule\n")
    build(root)
    root.rename(moved)
    with Index(moved / ".hdlsmith") as index:
        assert index.root == moved
    assert update(moved / ".hdlsmith").read == 0
    root.mkdir()
    with pytest.raises(InputError, match="around it"):
        build(root, moved / ".hdlsmith")
