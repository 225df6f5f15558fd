"""What the static table learns from comments: which pairs are read, and that learning is right."""

from pathlib import Path

import numpy as np
import pytest

from hdlsmith.errors import InputError
from hdlsmith.retrieval.vectors import commented, teach
from hdlsmith.retrieval.vectors.embedders import Vectors, unit

VERILOG = b"""// Copyright 2020 Somebody, all rights reserved
module queue (input push); // holds words until they are read

  // counts the words
  // that wait
  always @(posedge clk)
    level <= level + push;

  // old <= level; assign old = level;
  /* tells the writer to stop */
  assign full = level == 8;
endmodule
"""
VHDL = b"-- keeps the last sample\nheld <= sample; -- once\n"


def test_a_comment_goes_with_the_code_behind_which_or_above_which_it_stands() -> None:
    assert sorted(commented.line_pairs(commented.taken_apart(VERILOG, "//"))) == [
        ("counts the words that wait", "always @(posedge clk)\nlevel <= level + push;"),
        ("holds words until they are read", "module queue (input push);"),
    ]
    assert list(commented.line_pairs(commented.taken_apart(VHDL, "--"))) == [
        ("keeps the last sample", "held <= sample;")
    ]


def test_vendored_parts_of_a_measured_repository_are_left_out(tmp_path: Path) -> None:
    for folder in ("rtl", "vendor/lowrisc_ip"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "hold.vhd").write_bytes(VHDL)
    assert set(commented.pairs_of(tmp_path)) == {("keeps the last sample", "held <= sample;")}
    with pytest.raises(InputError, match="no such folder"):
        list(commented.pairs_of(tmp_path / "nowhere"))


def loss(rows: Vectors, batch: list[teach.Pair]) -> float:
    """InfoNCE as its paper writes it, with half a share for the way back."""
    said, told = (
        unit(np.array([rows[pair[side]].sum(axis=0) for pair in batch])) for side in (0, 1)
    )
    near = np.exp(said @ told.T / 0.07)
    there, back = near / near.sum(axis=1, keepdims=True), near / near.sum(axis=0)
    return float(-(np.log(np.diag(there)) + np.log(np.diag(back)) / 2).mean())


def test_the_gradient_is_that_of_the_loss() -> None:
    rows = np.random.default_rng(3).normal(size=(9, 4)).astype(np.float32)
    batch = [([0, 1], [2, 3]), ([4], [5, 1]), ([6, 3], [7])]
    used, gradient = teach._gradient(rows, batch)
    assert used.tolist() == list(range(8))
    for row, column in ((0, 0), (1, 2), (3, 1), (5, 3), (7, 0)):
        ahead, behind = rows.copy(), rows.copy()
        ahead[row, column] += 1e-3
        behind[row, column] -= 1e-3
        measured = (loss(ahead, batch) - loss(behind, batch)) / 2e-3
        assert gradient[row, column] == pytest.approx(measured, rel=0.05, abs=0.02)


def test_words_of_one_meaning_come_near_and_others_stay() -> None:
    chance = np.random.default_rng(5)
    table = chance.normal(size=(40, 16)).astype(np.float32)
    pairs = [([one, 30], [one + 10, 31]) for one in range(10)] * 2000
    learnt = unit(teach.taught(table, [pairs]))
    cosines = learnt[:10] @ learnt[10:20].T
    assert (cosines.argmax(axis=1) == np.arange(10)).all()
    assert (
        np.diag(cosines).mean() > (unit(table)[:10] * unit(table)[10:20]).sum(axis=1).mean() + 0.3
    )
    assert np.allclose(learnt[32:], unit(table)[32:], atol=1e-5)
