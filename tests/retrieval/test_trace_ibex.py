"""Ten signals of a real core whose true drivers were found by reading its RTL, each three or more
module boundaries away.

The core is traced as `ibex_top` builds it by default: no instruction cache, the fast multiplier,
no bit-manipulation unit, the flip-flop register file. What the other choices would drive is in the
source as well and must not be named.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.structure.cone import Walk
from hdlsmith.retrieval.structure.names import find_value
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.trace import Trace, trace
from tests.retrieval.conftest import FindCore


class Known(NamedTuple):
    """A signal, how many assignments back it was followed, and all statements on the way."""

    module: str
    signal: str
    depth: int
    drivers: frozenset[tuple[str, str]]


def _known(module: str, signal: str, depth: int, *drivers: tuple[str, str]) -> Known:
    return Known(module, signal, depth, frozenset(drivers))


_PC_SET = "pc_set_o = 1'b1;"
TEN = [
    _known(
        "ibex_top",
        "instr_addr_o",
        1,
        ("ibex_prefetch_buffer.sv", "assign instr_addr_o = instr_addr_w_aligned;"),
    ),
    _known(
        "ibex_load_store_unit",
        "adder_result_ex_i",
        1,
        ("ibex_alu.sv", "assign adder_result_o = adder_result;"),
    ),
    _known(
        "ibex_if_stage",
        "pc_set_i",
        1,
        ("ibex_controller.sv", "pc_set_o = 1'b0;"),
        ("ibex_controller.sv", _PC_SET),
        ("ibex_controller.sv", "pc_set_o = BranchPredictor ? ~instr_bp_taken_i : 1'b1;"),
    ),
    _known(
        "ibex_id_stage",
        "branch_decision_i",
        2,
        ("ibex_ex_block.sv", "assign branch_decision_o = alu_cmp_result;"),
        ("ibex_alu.sv", "assign comparison_result_o = cmp_result;"),
    ),
    _known("ibex_core", "fetch_enable_i", 1, ("prim_generic_buf.sv", "assign out_o = ~inv;")),
    _known(
        "ibex_id_stage",
        "rf_rdata_a_i",
        4,
        ("ibex_core.sv", "assign rf_rdata_a = rf_rdata_a_ecc_i;"),
        ("prim_generic_buf.sv", "assign out_o = ~inv;"),
        ("prim_generic_buf.sv", "assign inv = ~in_i;"),
        ("ibex_register_file_ff.sv", "assign rdata_a_o = rf_reg[raddr_a_i];"),
    ),
    _known(
        "ibex_if_stage", "clk_i", 1, ("prim_clock_gating.v", "assign clk_o = en_latch & clk_i;")
    ),
    _known(
        "ibex_if_stage",
        "csr_mtvec_i",
        2,
        ("ibex_cs_registers.sv", "assign csr_mtvec_o = mtvec_q;"),
        ("ibex_csr.sv", "assign rd_data_o = rdata_q;"),
    ),
    _known(
        "ibex_compressed_decoder",
        "instr_i",
        2,
        ("ibex_if_stage.sv", "assign if_instr_rdata = fetch_rdata;"),
        ("ibex_fetch_fifo.sv", "out_rdata_o = rdata_unaligned;"),
        ("ibex_fetch_fifo.sv", "out_rdata_o = rdata;"),
    ),
    _known(
        "ibex_id_stage",
        "ex_valid_i",
        2,
        (
            "ibex_ex_block.sv",
            "assign ex_valid_o = multdiv_sel ? multdiv_valid : ~(|alu_imd_val_we);",
        ),
        ("ibex_ex_block.sv", "assign multdiv_sel = mult_sel_i | div_sel_i;"),
        ("ibex_multdiv_fast.sv", "assign valid_o = mult_valid | div_valid;"),
        ("ibex_alu.sv", "assign imd_val_we_o = '{default: '0};"),
    ),
]


@pytest.fixture(scope="module")
def ibex(core: FindCore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("ibex")
    build(core("ibex"), folder, with_words=False)
    with Index(folder) as index:
        yield index


def _boundaries(found: Trace, position: int) -> int:
    """How many ports lie between the start of a trace and one of its rows."""
    crossed = 0
    while position != -1:
        crossed += found.rows[position].kind is Kind.INSTANCE
        position = found.rows[position].step.origin
    return crossed


@pytest.mark.data
@pytest.mark.parametrize("known", TEN, ids=[f"{known.module}.{known.signal}" for known in TEN])
def test_the_true_drivers_are_found(ibex: Index, known: Known) -> None:
    netlist = Netlist(ibex)
    target = find_value(netlist, known.signal, known.module)
    found = trace(netlist, target, Walk.FAN_IN, known.depth, 1000, "ibex_top")
    assert found.top == "ibex_top"
    statements = {
        position: row
        for position, row in enumerate(found.rows)
        if row.kind in (Kind.ASSIGN, Kind.PROCESS)
    }
    named = {(Path(row.place.split(":")[0]).name, row.text) for row in statements.values()}
    assert named == known.drivers
    assert max(_boundaries(found, position) for position in statements) >= 3
    for row in statements.values():
        assert row.step.elaborated
        path, line = row.place.split(":")
        there = (ibex.root / path).read_text().splitlines()[int(line) - 1]
        assert row.text.split("=")[0].split()[-1] in there


@pytest.mark.data
def test_each_of_the_statements_in_a_process_is_named(ibex: Index) -> None:
    netlist = Netlist(ibex)
    target = find_value(netlist, "pc_set_i", "ibex_if_stage")
    rows = trace(netlist, target, Walk.FAN_IN, 1, 1000, "ibex_top").rows
    when = [row.step.condition for row in rows if row.text == _PC_SET]
    assert len(when) == 8
    assert any("ctrl_fsm_cs == DBG_TAKEN_IF" in condition for condition in when)
