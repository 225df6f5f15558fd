"""What a request wants and in which language, by its words alone."""

import time

import pytest

from hdlsmith.agent.routing import Intent, route
from hdlsmith.languages import Language


@pytest.mark.parametrize(
    ("request_", "intent"),
    [
        ("A 4-bit up counter with synchronous reset.", Intent.WRITE),
        ("Please write a FIFO with 16 entries", Intent.WRITE),
        ("could you implement an error-correcting decoder that never fails?", Intent.WRITE),
        ("I need to add a reset to fifo.sv", Intent.WRITE),
        ("Design an arbiter", Intent.WRITE),
        ("run-length encoder", Intent.WRITE),
        ("correct-by-construction arbiter", Intent.WRITE),
        ("runtime configurable divider", Intent.WRITE),
        ("convert alu.vhd to SystemVerilog", Intent.WRITE),
        ("test pattern generator", Intent.WRITE),
        ("I need a test pattern generator", Intent.WRITE),
        ("Check digit generator, mod 11", Intent.WRITE),
        ("debug port comparator with 32 bits", Intent.WRITE),
        ("run length encoder for bytes", Intent.WRITE),
        ("search tree node", Intent.WRITE),
        ("look-up table", Intent.WRITE),
        ("trace-buffer with 16 entries", Intent.WRITE),
        ("A comparator for a debug port", Intent.WRITE),
        ("a checker that counts mismatches", Intent.WRITE),
        ("I need a watchdog whose output is stuck until it is reset", Intent.WRITE),
        ("fail-safe level shifter", Intent.WRITE),
        ("fix the FIFO in rtl/fifo.sv", Intent.DEBUG),
        ("Why does the FIFO test fail after 16 pushes?", Intent.DEBUG),
        ("the counter doesn't work when en is low", Intent.DEBUG),
        ("q is always wrong after reset", Intent.DEBUG),
        ("what's wrong with my counter?", Intent.DEBUG),
        ("rdata comes up X", Intent.DEBUG),
        ("debug the port comparator", Intent.DEBUG),
        ("debug fifo_ctrl", Intent.DEBUG),
        ("a test of the FIFO fails", Intent.DEBUG),
        ("why does the state machine never advance?", Intent.DEBUG),
        ("Explain ibex_controller", Intent.EXPLAIN),
        ("hey, what does the prefetch buffer do?", Intent.EXPLAIN),
        ("show me how the arbiter picks a winner", Intent.EXPLAIN),
        ("How many cycles until the result is valid?", Intent.EXPLAIN),
        ("find the round-robin arbiter", Intent.SEARCH),
        ("Where is the write pointer declared?", Intent.SEARCH),
        ("which modules use a Gray code?", Intent.SEARCH),
        ("show me all FIFOs", Intent.SEARCH),
        ("trace instr_req_o", Intent.TRACE),
        ("who drives instr_req_o?", Intent.TRACE),
        ("who reads wdata?", Intent.TRACE),
        ("where is stall_d assigned?", Intent.TRACE),
        ("lint rtl/", Intent.LINT),
        ("can you run the linter on top.v", Intent.LINT),
        ("any warnings in alu.sv?", Intent.LINT),
        ("check fifo.sv", Intent.LINT),
        ("check clock crossings", Intent.LINT),
        ("does this compile?", Intent.LINT),
        ("simulate it", Intent.SIMULATE),
        ("Run the testbench", Intent.SIMULATE),
        ("check that the test passes", Intent.SIMULATE),
        ("test the pattern generator", Intent.SIMULATE),
        ("run unit tests", Intent.SIMULATE),
        ("verify fifo.sv against its testbench", Intent.SIMULATE),
    ],
)
def test_the_words_say_what_is_wanted(request_: str, intent: Intent) -> None:
    assert route(request_).intent is intent


@pytest.mark.parametrize(
    ("request_", "language"),
    [
        ("A counter", None),
        ("Write a counter in VHDL", Language.VHDL),
        ("a System Verilog FIFO", Language.SYSTEMVERILOG),
        ("a FIFO in plain Verilog, not in SystemVerilog", Language.VERILOG),
        ("rewrite this VHDL entity as Verilog", Language.VERILOG),
        ("explain rtl/core/fifo.vhd", Language.VHDL),
        ("fix top.v", Language.VERILOG),
        ("convert alu.v to alu.vhd", Language.VHDL),
        ("translate alu.vhd to SV", Language.SYSTEMVERILOG),
        ("a Chisel queue", Language.CHISEL),
        ("an FIR filter for Vitis HLS", Language.HLS_CPP),
        ("an FIR filter in C++", Language.HLS_CPP),
        ("version 2.5 of a valve controller", None),
        ("a UART instead of VHDL's one", None),
    ],
)
def test_the_language_is_the_one_named(request_: str, language: Language | None) -> None:
    assert route(request_).language is language


@pytest.mark.parametrize("text", ["a/" * 50_000, "x." * 50_000, "in verilog " * 9_000])
def test_no_request_takes_minutes(text: str) -> None:
    began = time.process_time()
    route(text)
    assert time.process_time() - began < 2
