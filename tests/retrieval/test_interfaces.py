"""Traces through SystemVerilog interfaces, by names alone and elaborated."""

from collections.abc import Iterator

import pytest

from hdlsmith.errors import InputError
from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.nodes import NAMED_VALUES, Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.structure.cone import Cone, Walk, cone
from hdlsmith.retrieval.structure.names import find_value
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.trace import trace
from tests.retrieval.conftest import IndexOf

BUS = """\
interface bus_if #(parameter int Width = 8) (input logic clk);
  logic valid, ready;
  logic [Width-1:0] data;
  modport master (input clk, ready, output valid, data);
  modport slave (input clk, valid, data, output ready);
endinterface
"""
REPOSITORY = {
    "bus_if.sv": BUS,
    "producer.sv": """\
`define SEND(bus, value) assign bus.data = value;
module producer(bus_if.master m, input logic [7:0] x, input logic go);
  `SEND(m, x + 1)
  assign m.valid = go && m.ready;
endmodule
""",
    "consumer.sv": """\
module middle(bus_if.slave s, output logic [7:0] q);
  consumer u_consumer (.s, .q(q));
endmodule
module consumer(bus_if.slave s, output logic [7:0] q);
  logic busy;
  always_ff @(posedge s.clk) begin
    if (s.valid) q <= s.data;
    busy <= !busy;
  end
  assign s.ready = !busy;
endmodule
""",
    "top.sv": """\
module top(input logic clk, input logic [7:0] x, input logic go,
           output logic [7:0] q, output logic seen, late);
  bus_if bus (.clk);
  producer u_producer (.m(bus), .x, .go);
  middle u_middle (.s(bus.slave), .q);
  assign seen = bus.valid;
  stage u_stage (.clk, .d(bus.ready), .q(late));
endmodule
module stage(input logic clk, input logic d, output logic q);
  always_ff @(posedge clk) q <= d;
endmodule
""",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    root = tmp_path_factory.mktemp("repository")
    for name, text in REPOSITORY.items():
        (root / name).write_text(text)
    build(root, with_words=False)
    with Index(root / ".hdlsmith") as opened:
        yield opened


@pytest.fixture(params=["by names", "elaborated"])
def walked(request: pytest.FixtureRequest, index: Index) -> "Walked":
    return Walked(index, elaborated=request.param == "elaborated")


class Walked:
    """Cones of one index, either way."""

    def __init__(self, index: Index, *, elaborated: bool) -> None:
        self.netlist = Netlist(index)
        self.elaborated = elaborated

    def cone(self, name: str, walk: Walk = Walk.FAN_IN, depth: int = 9) -> Cone:
        target = find_value(self.netlist, name)
        if self.elaborated:
            found = trace(self.netlist, target, walk, depth, 1000)
            assert found.top == "top"
            unsure = [step.node for step in found.cone.steps if not step.elaborated]
            kinds = {self.netlist.node(node).kind for node in unsure}
            assert kinds <= {Kind.ASSIGN}
            return found.cone
        return cone(self.netlist, target.value, walk, depth, net=target.net)

    def values(self, name: str, walk: Walk = Walk.FAN_IN, depth: int = 9) -> set[str]:
        """`module.name`, of a net behind a port `module.port.net`."""
        found = set()
        for step in self.cone(name, walk, depth).steps:
            node = self.netlist.node(step.node)
            if node.kind in NAMED_VALUES:
                net = f".{step.net}" if step.net else ""
                found.add(f"{self.netlist.node(node.module).name}.{node.name}{net}")
        return found


def test_fan_in_crosses_an_interface_net_by_net(walked: Walked) -> None:
    found = walked.values("top.q", depth=2)
    assert {"consumer.s.data", "bus_if.data", "producer.m.data", "producer.x", "top.x"} <= found
    assert {"consumer.s.valid", "bus_if.valid", "producer.m.valid", "top.go"} <= found
    only_valid = walked.values("top.seen", depth=2)
    assert {"bus_if.valid", "producer.m.valid", "top.go"} <= only_valid
    assert not {"bus_if.data", "producer.x", "top.x"} & only_valid


def test_a_net_is_followed_against_the_direction_of_its_neighbours(walked: Walked) -> None:
    assert "consumer.busy" in walked.values("producer.m.ready")
    assert "consumer.busy" in walked.values("top.late")
    assert walked.values("consumer.busy") == {"consumer.busy"}


def test_fan_out_crosses_an_interface(walked: Walked) -> None:
    found = walked.values("top.x", Walk.FAN_OUT)
    assert {"producer.m.data", "bus_if.data", "consumer.s.data", "consumer.q", "top.q"} <= found
    assert "bus_if.valid" not in found
    assert {"bus_if.ready", "stage.d", "top.late"} <= walked.values("consumer.busy", Walk.FAN_OUT)


def test_a_net_of_an_interface_can_be_asked_about(walked: Walked) -> None:
    assert "top.go" in walked.values("consumer.s.valid")
    assert "top.go" in walked.values("top.bus.valid")
    steps = walked.cone("consumer.s.valid").steps
    assert (steps[0].net, steps[0].level) == ("valid", 0)
    assert {step.level for step in steps if step.path.endswith("u_producer")} <= {0, 1, -1}


def test_a_clock_is_the_net_of_an_interface_too(walked: Walked) -> None:
    assert "top.clk" in walked.values("consumer.s.clk")
    processes = [
        walked.netlist.node(step.node).detail
        for step in walked.cone("top.clk", Walk.FAN_OUT, 1).steps
    ]
    assert "always_ff @(posedge s.clk)" in processes
    loads = walked.cone("consumer.s.data", Walk.FAN_OUT, 1).steps
    assert [step.line for step in loads if step.clock_edge] == [7]


def test_a_net_that_the_interface_lacks_is_an_error(index: Index) -> None:
    with pytest.raises(InputError, match="no net 'vald' in bus_if") as failure:
        find_value(Netlist(index), "consumer.s.vald")
    assert "valid" in failure.value.remedy


ARRAY = {
    "bus_if.sv": BUS,
    "top.sv": """\
module top(input logic clk, input logic [7:0] a, b, output logic [7:0] p, q,
           output logic low);
  bus_if bus [1:0] (.clk);
  assign low = bus[0].data[0];
  send u_a (.m(bus[0]), .d(a));
  send u_b (.m(bus[1]), .d(b));
  receive_all u_receive (.s(bus), .p, .q);
endmodule
module send(bus_if.master m, input logic [7:0] d);
  always_comb m.data = d;
endmodule
module receive_all(bus_if.slave s [1:0], output logic [7:0] p, q);
  receive u_p (.s(s[0]), .q(p));
  receive u_q (.s(s[1]), .q(q));
endmodule
module receive(bus_if s, output logic [7:0] q);
  assign q = s.data;
endmodule
""",
}


def test_elaboration_tells_the_elements_of_an_array_apart(index_of: IndexOf) -> None:
    walked = Walked(index_of(ARRAY), elaborated=True)
    assert "top.a" in walked.values("top.p")
    assert "top.b" not in walked.values("top.p")
    assert "top.q" in walked.values("top.b", Walk.FAN_OUT)
    assert "top.p" not in walked.values("top.b", Walk.FAN_OUT)
    by_names = Walked(index_of(ARRAY), elaborated=False)
    assert {"top.a", "top.b"} <= by_names.values("top.p")


LANES = {
    "bus_if.sv": BUS,
    "top.sv": """\
module top(input logic clk, input logic [7:0] d, output logic [7:0] p, q);
  bus_if bus [1:0] (.clk);
  for (genvar i = 0; i < 2; i++) begin : lane
    send u_send (.m(bus[i]), .d);
  end
  receive u_p (.s(bus[0]), .q(p));
  receive u_q (.s(bus[1]), .q);
endmodule
"""
    + ARRAY["top.sv"].partition("endmodule\n")[2],
}


def test_copies_of_an_instance_at_other_interfaces_do_not_stand_for_each_other(
    index_of: IndexOf,
) -> None:
    walked = Walked(index_of(LANES), elaborated=True)
    assert {"top.p", "top.q"} <= walked.values("top.d", Walk.FAN_OUT)


def test_a_statement_that_picks_an_element_is_known_by_its_name_alone(index_of: IndexOf) -> None:
    netlist = Netlist(index_of(ARRAY))
    found = trace(netlist, find_value(netlist, "send.m.data"), Walk.FAN_OUT, 1, 100).cone
    elaborated = {netlist.node(step.node).detail: step.elaborated for step in found.steps}
    assert elaborated["assign low = bus[0].data[0]"] is False
    assert elaborated["assign q = s.data"] is True


def test_one_line_may_read_compare_and_assign(index_of: IndexOf) -> None:
    text = """\
module worker(bus_if.master m, input logic [7:0] limit, a, output logic over);
  always_ff @(posedge m.clk) begin
    if (m.data <= limit) m.valid <= a[0]; else m.valid <= m.data <= a;
    m.data <= a;
  end
  assign {over} = m.ready;
endmodule
module top(input logic clk, input logic [7:0] limit, a, output logic over);
  bus_if bus (.clk);
  worker u_worker (.m(bus), .limit, .a, .over);
endmodule
"""
    walked = Walked(index_of({"bus_if.sv": BUS, "m.sv": text}), elaborated=False)
    assert walked.values("worker.m.data", depth=1) == {"worker.m.data", "worker.a", "top.a"}
    found = walked.values("worker.m.valid", depth=1)
    assert {"worker.limit", "worker.m.data", "worker.a"} <= found
    assert "worker.over" not in walked.values("worker.a", Walk.FAN_OUT)


def test_nets_of_a_missing_interface_are_told_apart_by_its_modport(index_of: IndexOf) -> None:
    text = """\
module worker(vendor_if.slave s, input logic a, b, output logic y);
  assign s.ready = a;
  assign s.error = b;
  assign y = s.ready;
endmodule
"""
    walked = Walked(index_of({"m.sv": text}), elaborated=False)
    assert "worker.a" in walked.values("worker.y")
    assert "worker.b" not in walked.values("worker.y")
    assert "worker.b" in walked.values("worker.s.error")
