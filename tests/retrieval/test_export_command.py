"""`hdlsmith index export`: the whole graph as other programs read it."""

from pathlib import Path

import networkx
import pytest
from typer.testing import CliRunner

from hdlsmith.cli import app
from hdlsmith.errors import InputError

from .conftest import IndexOf

PAIR = {
    "a.sv": "module a(input logic x, output logic y); b u(.x, .y); endmodule\n",
    "b.sv": "module b(input logic x, output logic y); assign y = !x; endmodule\n",
    "copy/b.sv": "module b(input logic x, output logic y); assign y = !x; endmodule\n",
}


def export(*arguments: str) -> None:
    CliRunner().invoke(app, ["index", "export", *arguments], catch_exceptions=False)


def test_graphml_holds_project_files_and_modules_once(index_of: IndexOf, tmp_path: Path) -> None:
    folder, file = str(index_of(PAIR).folder), tmp_path / "all.graphml"
    export("--index", folder, "--graphml", str(file))
    graph = networkx.read_graphml(file)
    kinds = [said["kind"] for _, said in graph.nodes(data=True)]
    assert kinds.count("project") == 1
    assert kinds.count("file") == 3
    assert kinds.count("module") == 2  # the copy is one node with two places
    relations = {said["kind"] for _, _, said in graph.edges(data=True)}
    assert {"contains", "declares", "drives", "reads", "connects", "instantiates"} <= relations


def test_one_module_as_dot(index_of: IndexOf, tmp_path: Path) -> None:
    folder, file = str(index_of(PAIR).folder), tmp_path / "b.dot"
    export("--index", folder, "--module", "b", "--dot", str(file))
    text = file.read_text()
    assert 'label="port x"' in text
    assert 'label="drives"' in text
    assert "instance u" not in text


@pytest.mark.parametrize("arguments", [(), ("--module", "ghost", "--dot", "x.dot")])
def test_what_cannot_be_written_is_said(index_of: IndexOf, arguments: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        export("--index", str(index_of(PAIR).folder), *arguments)
