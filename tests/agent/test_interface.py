"""Interfaces: read off a request, written as a header, held against a design."""

import pytest

from hdlsmith.agent.interface import (
    header_in,
    header_text,
    port_findings,
    ports_from,
    reset_style,
    stated_ports,
)
from hdlsmith.agent.port_lists import listed_ports, name_in
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.elaboration import elaborate

PORTS = (
    Port("clk", Direction.INPUT),
    Port("data", Direction.INPUT, 8),
    Port("bus", Direction.INOUT, 2),
    Port("q", Direction.OUTPUT, 16),
)


def test_a_written_header_elaborates_to_the_ports_it_was_made_of() -> None:
    text = header_text("m", PORTS) + "\nendmodule\n"
    found = elaborate(Design((SourceFile("m.sv", text, Language.SYSTEMVERILOG),), "m"))
    assert found.ports == PORTS


def test_a_header_in_prose_is_found() -> None:
    request = (
        "Please finish\n\nmodule adder #(parameter W = 4)\n(input [W-1:0] a, output [W:0] s);\n"
    )
    assert header_in(request) == (
        "adder",
        (Port("a", Direction.INPUT, 4), Port("s", Direction.OUTPUT, 5)),
    )


def test_prose_about_modules_is_no_header() -> None:
    assert header_in("a module with a clock (fast); and so on") is None
    assert header_in("module broken(input [);") is None


def test_ports_are_stated_only_by_whole_words() -> None:
    assert stated_ports("takes clk, data and the bus, gives q", PORTS) == PORTS
    assert stated_ports("counts something", PORTS) == ()
    assert stated_ports("takes clk, data and the bus, gives quota", PORTS) == ()


def test_ports_that_a_model_adds_to_the_stated_ones_are_dropped() -> None:
    clk, _, _, q = PORTS
    assert stated_ports("from clk to q", PORTS) == (clk, q)


def test_a_design_of_outputs_alone_can_be_stated() -> None:
    assert stated_ports("drives q low", PORTS[3:]) == PORTS[3:]


@pytest.mark.parametrize(
    ("request_text", "style"),
    [
        ("a synchronous active-high reset", "synchronous"),
        ("Reset is asynchronous.", "asynchronous"),
        ("async rst", "asynchronous"),
        ("synchronously reset, not asynchronous", ""),
        ("a reset", ""),
        ("a synchronous FIFO", ""),
    ],
)
def test_the_style_of_a_reset_is_read_off_the_request(request_text: str, style: str) -> None:
    assert reset_style(request_text) == style


def test_every_difference_of_ports_is_one_error() -> None:
    found = (
        Port("clk", Direction.OUTPUT),
        Port("data", Direction.INPUT, 4),
        Port("q", Direction.OUTPUT, 16),
    )
    messages = [d.message for d in port_findings(PORTS, found)]
    assert messages == [
        "port inout bus (2 bits) is missing",
        "port 'clk' must be `input clk`, not `output clk`",
        "port 'data' must be `input data (8 bits)`, not `input data (4 bits)`",
    ]
    assert port_findings(PORTS, PORTS) == ()


def test_senseless_ports_of_a_model_are_passed_over() -> None:
    records = [
        {"name": "ok", "direction": "input", "width_bits": 3},
        {"name": "ok", "direction": "output", "width_bits": 3},
        {"name": "no way", "direction": "input", "width_bits": 1},
        {"name": "zero", "direction": "input", "width_bits": 0},
        {"name": "huge", "direction": "input", "width_bits": 10**9},
        {"name": "side", "direction": "sideways", "width_bits": 1},
        "junk",
    ]
    assert ports_from(records) == (Port("ok", Direction.INPUT, 3),)


def test_a_bulleted_list_of_ports_is_read_whole_or_not_at_all() -> None:
    request = (
        "A module named top:\n\n - input  clk\n - input logic [7:0] data: what to send\n"
        " * inout bus (2  bits)\n - `output q[15:0]`, from a register\n\nThe input data is never 0."
    )
    assert listed_ports(request) == PORTS
    assert name_in(request) == "top"
    assert listed_ports(request.replace("[7:0]", "[WIDTH-1:0]")) == ()
    assert listed_ports("- input a\n- input b\n") == ()  # nothing comes out
    assert listed_ports("- input must be held\n- output is registered\n") == ()
    assert listed_ports("- input a, b\n- output y\n") == ()
    assert listed_ports("- input a: 4-bit operand\n- output y\n") == ()  # it, or what it selects
    assert name_in("Module name:\n    top") == "top"
    assert name_in("a module that counts") == ""


def test_ports_listed_below_their_direction_are_read() -> None:
    request = (
        "Module name:\n    top\n\nInput ports:\n  clk: Clock.\n  data[7:0]: what to send\n"
        "Outputs:\n  q: 16-bit result\n  full, empty (1 bit): flags\n\nInside:\n  x: no port\n"
    )
    clk, data, _, q = PORTS
    flags = (Port("full", Direction.OUTPUT), Port("empty", Direction.OUTPUT))
    assert listed_ports(request) == (clk, data, q, *flags)
    assert listed_ports(request.replace("[7:0]", "[WIDTH-1:0]")) == ()
    assert listed_ports(request.replace("16-bit", "configurable")) == ()
    assert listed_ports(request.replace("16-bit", "4-bit or 8-bit")) == ()
    assert listed_ports(request.replace("Outputs:", "Signals:")) == ()
