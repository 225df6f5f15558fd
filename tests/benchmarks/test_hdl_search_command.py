"""`hdlsmith bench run hdl-search` from end to end, on repositories made here."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hdlsmith.benchmarks.hdl_search.corpus import SPLITS
from tests.benchmarks.conftest import Ended

Run = Callable[..., Ended]

_CORE = """\
// Keeps the newest sample of {name} until somebody asks for it
module {name}_hold (
    input  logic clk,
    input  logic take_{name},  // a fresh sample of {name} lies on the wires
    output logic [7:0] kept_{name}
);
  // remember whatever {name} sampled most recently here
  always_ff @(posedge clk) if (take_{name}) kept_{name} <= kept_{name} + 8'd1;
endmodule
"""


@pytest.fixture
def cores(tmp_path: Path) -> Path:
    """All splits, a file a repository, where their packages have them."""
    for name, folder in (item for folders in SPLITS.values() for item in folders.items()):
        path = tmp_path / "cores" / folder / "ip" / name / "rtl" / f"{name}.sv"
        path.parent.mkdir(parents=True)
        path.write_text(_CORE.format(name=name))
    return tmp_path / "cores"


def test_a_split(hdlsmith: Run, cores: Path, tmp_path: Path) -> None:
    arguments = ("bench", "run", "hdl-search", "--cores", cores, "--out", tmp_path / "ranks.jsonl")
    ended = hdlsmith(*arguments, "--system", "bm25", "--system", "ours", "--json")
    assert ended.code == 0, ended.err
    names = len(SPLITS["dev"])
    assert ended.json["questions"] == {"module": names, "signal": names, "block": names}
    assert ended.json["not_indexed"] == 0
    assert set(ended.json["repositories_sha256"]) == set(SPLITS["dev"])
    named = ended.json["views"]["named"]["all"]
    assert named["systems"]["bm25"]["n"] == 3 * names
    assert named["best_baseline"] == "bm25"
    ranks = [json.loads(line) for line in (tmp_path / "ranks.jsonl").read_text().splitlines()]
    assert len([rank for rank in ranks if rank["view"] == "named"]) == 3 * names

    again = hdlsmith(*arguments, "--system", "bm25", "--system", "ours", "--json")
    assert again.json["views"] == ended.json["views"]


def test_the_text(hdlsmith: Run, cores: Path) -> None:
    ended = hdlsmith(
        "bench", "run", "hdl-search", "--cores", cores, "--system", "bm25", "--split", "test"
    )
    assert ended.code == 0, ended.err
    assert f"named, block (n {len(SPLITS['test'])})" in ended.out
    assert "MRR@10" in ended.out


def test_questions_of_ones_own(hdlsmith: Run, tmp_path: Path) -> None:
    tree = tmp_path / "rtl"
    tree.mkdir()
    (tree / "a.sv").write_text(_CORE.format(name="a"))
    (tree / "b.sv").write_text(_CORE.format(name="b"))
    questions = [
        {"query": "when is a_hold updated", "kind": "block", "path": "a.sv", "line": 8},
        {"query": "take_b", "kind": "port", "name": "take_b", "module": "b_hold"},
        {"query": "holds b", "masked": "holds", "kind": "module", "path": "b.sv", "line": 2},
    ]
    file = tmp_path / "mine.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in questions))
    ended = hdlsmith(
        *("bench", "run", "hdl-search", "--queries", file, "--tree", tree),
        *("--system", "bm25", "--json"),
    )
    assert ended.code == 0, ended.err
    assert ended.json["corpus"] == "mine"
    assert ended.json["not_indexed"] == 0
    assert ended.json["views"]["named"]["signal"]["systems"]["bm25"]["mrr"] == 1.0
    assert ended.json["views"]["masked"]["all"]["systems"]["bm25"]["n"] == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--cores", "."), "pip install"),
        (("--system", "psychic"), "one of: bm25"),
        (("--queries", "mine.jsonl"), "--tree"),
        (("--queries", "no.jsonl", "--tree", "."), "no.jsonl"),
        (("--queries", "bad.jsonl", "--tree", "."), "bad.jsonl:1"),
    ],
)
def test_mistakes_end_in_a_line(hdlsmith: Run, arguments: tuple[str, ...], says: str) -> None:
    Path("bad.jsonl").write_text('{"query": "where", "kind": "poem"}\n')
    ended = hdlsmith("bench", "run", "hdl-search", *arguments)
    assert ended.code == 2
    assert says in ended.err


def test_run_still_takes_other_suites(hdlsmith: Run) -> None:
    ended = hdlsmith("bench", "run", "no-such-suite", "--data", ".")
    assert ended.code == 2
    assert "no-such-suite" in ended.err
