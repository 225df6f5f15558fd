"""Includes and macros out of the repository, and out of nowhere else."""

from pathlib import Path

import pytest

from hdlsmith.retrieval.frontends.systemverilog import read
from hdlsmith.retrieval.frontends.table import Surroundings
from hdlsmith.retrieval.nodes import EdgeKind, FileGraph, Kind

USER = "module m(input a, output y);\n{}\nendmodule\n"


class Repository:
    """Files in a folder, and what a scan of them would say."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, str] = {}

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        self.files[path] = text

    def read(self, path: str, folders: tuple[str, ...] = (), *defines: str) -> FileGraph:
        headers: dict[str, tuple[str, ...]] = {}
        for known in self.files:
            name = Path(known).name
            headers[name] = (*headers.get(name, ()), known)
        around = Surroundings(self.root, folders, defines, headers)
        return read(path, self.files[path].encode(), around)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def driven(graph: FileGraph) -> list[str]:
    edges = (edge for edge in graph.edges if edge.kind is EdgeKind.DRIVES)
    return [graph.nodes[edge.target].name for edge in edges]


@pytest.mark.parametrize(
    ("spelt", "folders"),
    [("h.svh", ()), ("../rtl/h.svh", ()), ("rtl/h.svh", ("",)), ("h.svh", ("inc",))],
)
def test_an_include_gives_its_macros(
    repository: Repository, spelt: str, folders: tuple[str, ...]
) -> None:
    home = "inc" if folders == ("inc",) else "rtl"
    repository.write(f"{home}/h.svh", "`define DRIVE assign y = a;")
    repository.write("rtl/m.sv", f'`include "{spelt}"\n' + USER.format("`DRIVE"))
    graph = repository.read("rtl/m.sv", folders)
    assert not graph.diagnostics
    assert graph.includes == (f"{home}/h.svh",)
    assert driven(graph) == ["y"]


def test_headers_include_headers_and_their_nodes_stay_their_own(repository: Repository) -> None:
    repository.write("inc/a.svh", '`include "b.svh"\nlocalparam X = 1;')
    repository.write("inc/b.svh", "`define DRIVE assign y = a;")
    repository.write("rtl/m.sv", USER.format('`include "a.svh"\n`DRIVE'))
    graph = repository.read("rtl/m.sv")
    assert graph.includes == ("inc/a.svh", "inc/b.svh")
    assert [node.name for node in graph.nodes] == ["m", "a", "y", "y"]


def test_of_several_files_of_a_name_the_nearest_is_included(repository: Repository) -> None:
    repository.write("one/inc/h.svh", "`define DRIVE assign y = a;")
    repository.write("two/inc/h.svh", "`define DRIVE assign z = a;")
    repository.write("two/rtl/m.sv", '`include "h.svh"\n' + USER.format("`DRIVE"))
    assert repository.read("two/rtl/m.sv").includes == ("two/inc/h.svh",)


def test_a_macro_is_found_where_the_repository_defines_it(repository: Repository) -> None:
    repository.write("inc/defs.vh", "`define TO(x, v = `FROM) assign x = v;\n`define FROM \\\n  a")
    repository.write("rtl/m.v", USER.format("`TO(y)"))
    graph = repository.read("rtl/m.v")
    assert not graph.diagnostics
    assert graph.includes == ("inc/defs.vh",)
    assert driven(graph) == ["y"]
    assert [e.kind for e in graph.edges] == [EdgeKind.DRIVES, EdgeKind.READS]


def test_a_definition_under_a_condition_that_fails_is_taken_all_the_same(
    repository: Repository,
) -> None:
    repository.write("h.svh", "`ifdef SIM\n`define DRIVE assign y = a;\n`endif")
    repository.write("m.sv", '`include "h.svh"\n' + USER.format("`DRIVE"))
    graph = repository.read("m.sv")
    assert not graph.diagnostics
    assert driven(graph) == ["y"]


def test_defines_given_by_the_user(repository: Repository) -> None:
    repository.write("m.sv", USER.format("`ifdef ON\nassign y = `WHAT;\n`endif"))
    assert driven(repository.read("m.sv", (), "ON", "WHAT=a")) == ["y"]
    assert not driven(repository.read("m.sv"))


@pytest.mark.parametrize(
    "body",
    [
        "`unknown_item(a, b)\nassign y = a;",
        "`unknown_item\nassign y = a;",
        "assign y = `unknown_value(a, 3);",
        "assign y = a & `UNKNOWN;",
        "assign y = 4'h`UNKNOWN | a;",
        'initial begin if (a) `log("(;") else `log(a) end assign y = a;',
        "initial case (a) 1: `log(a) default: `log(a, a) endcase assign y = a;",
        "initial begin `log(a); end assign y = a;",
    ],
)
def test_a_macro_that_nobody_defines_costs_nothing_else(repository: Repository, body: str) -> None:
    repository.write("m.sv", USER.format(body))
    graph = repository.read("m.sv")
    assert not graph.diagnostics
    assert driven(graph) == ["y"]
    assert any(e.kind is EdgeKind.READS and graph.nodes[e.target].name == "a" for e in graph.edges)


@pytest.mark.parametrize(
    "text",
    [
        "assign y = a;\nwire b;",
        "function int f(); endfunction\nrand int x;\nconstraint c { x > 1; }",
        "y = a; if (a) y = 0;",
        "input a,\noutput y",
        "RED,\nGREEN",
    ],
)
def test_a_fragment_is_read_as_the_inside_of_something(repository: Repository, text: str) -> None:
    repository.write("part.svh", text)
    assert not repository.read("part.svh").diagnostics


@pytest.mark.parametrize(
    "include",
    [
        '"{outside}"',
        '"../outside.svh"',
        '"../../../../../../../../{outside}"',
        "<{outside}>",
        "`WHERE",
        '/**/ "{outside}"',
    ],
)
def test_includes_do_not_leave_the_repository(tmp_path: Path, include: str) -> None:
    outside = tmp_path / "outside.svh"
    outside.write_text("`define DRIVE assign y = a;\n")
    repository = Repository(tmp_path / "repository")
    spelt = include.format(outside=outside)
    body = f'`define WHERE "{outside}"\n`include {spelt}\n' + USER.format(
        "`ifdef DRIVE\nassign y = a;\n`endif"
    )
    repository.write("m.sv", body)
    graph = repository.read("m.sv")
    assert not driven(graph)
    assert not graph.includes
    assert graph.nodes[0].kind is Kind.MODULE


def test_files_that_include_themselves_and_each_other_come_to_an_end(
    repository: Repository,
) -> None:
    repository.write("a.svh", '`include "b.svh"\n`include "b.svh"\nwire x;')
    repository.write("b.svh", '`include "a.svh"\n`include "b.svh"\n')
    assert repository.read("a.svh").includes
    repository.read("b.svh")
