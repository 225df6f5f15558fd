"""The static embedder: what its table holds, and what its vectors say."""

import numpy as np
import pytest

from hdlsmith.retrieval.vectors.embedders import make_embedder
from hdlsmith.retrieval.vectors.static import DIMS, TABLE, VOCABULARY, packed, unpacked
from hdlsmith.settings import EmbedderSettings

PAIRS = (
    ("counts up while enabled", "if (en) cnt <= cnt + 1;"),
    ("grants one of several requests in turn", "module rr_arbiter(input req, output gnt);"),
    ("the queue is full", "assign fifo_full = occupancy == DEPTH;"),
    ("selects between two operands", "assign y = sel ? op_a : op_b;"),
    ("reads an instruction from memory", "imem_addr <= instr_addr; instr_q <= imem_rdata;"),
    ("detects a wrong parity bit", "assign parity_err = ^rx_data != parity;"),
    ("raises an interrupt when the timer expires", "irq_timer <= mtime >= mtimecmp;"),
    ("shifts data out serially", "shift_reg <= {1'b0, shift_reg[7:1]}; assign tx = shift_reg[0];"),
)


def embed(*texts: str) -> np.ndarray:
    return make_embedder(EmbedderSettings()).embed(texts)


def test_the_table_has_a_row_a_word_piece() -> None:
    table = np.load(TABLE)
    assert len(table) == len(VOCABULARY.read_text("utf-8").splitlines())
    assert unpacked(table[:100]).shape == (100, DIMS)
    assert TABLE.stat().st_size <= 4_000_000


def test_packing_loses_less_than_half_a_level() -> None:
    rows = np.random.default_rng(7).normal(size=(50, DIMS)).astype(np.float32)
    rows[3] = 0
    back = unpacked(packed(rows))
    level = np.abs(rows).max(axis=1, keepdims=True) / 7.5
    assert (np.abs(rows - back) <= level * 0.51).all()
    assert not back[3].any()


def test_vectors_have_unit_length_and_silent_texts_are_zeros() -> None:
    vectors = embed("fifo write pointer", "", "begin end", "日本語", "!?")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 0, 0, 0], abs=1e-6)
    assert embed().shape == (0, DIMS)


def test_a_text_has_one_vector_whatever_stands_around_it() -> None:
    many = [f"word {number} of the fifo" for number in range(5000)]
    assert embed(*many)[4321] == pytest.approx(embed(many[4321])[0], abs=1e-6)


@pytest.mark.parametrize(
    ("short", "plain"),
    [("wr_ptr", "write pointer"), ("clkEn", "clock enable"), ("RST_N", "reset")],
)
def test_short_forms_mean_what_they_stand_for(short: str, plain: str) -> None:
    vectors = embed(short, plain)
    assert vectors[0] @ vectors[1] > 0.9


def test_plain_words_find_code() -> None:
    questions, codes = (embed(*side) for side in zip(*PAIRS, strict=True))
    ranks = ((questions @ codes.T) > (questions * codes).sum(axis=1)[:, None]).sum(axis=1)
    assert (ranks <= 1).all(), list(ranks)
    assert (ranks == 0).sum() > len(PAIRS) / 2
