"""Chisel text -> graph."""

import pytest

from hdlsmith.retrieval.frontends.chisel import read as chisel
from hdlsmith.retrieval.frontends.hardware import is_chisel
from hdlsmith.retrieval.nodes import EdgeKind, Kind
from tests.retrieval.front_end_rules import edges, named, pairs, read

COUNTER = """package demo
import chisel3._
import chisel3.util._

class Bus(w: Int) extends Bundle {
  val data = Output(UInt(w.W))
  val ready = Input(Bool())
}
object Mode extends ChiselEnum { val idle, run = Value }
object Sizes { val deep = 4; def twice(x: Int): Int = x * 2 }
class Counter(width: Int = 8) extends Module {
  val io = IO(new Bundle {
    val en = Input(Bool())
    val in = Flipped(Decoupled(UInt(8.W)))
    val out = Output(UInt(width.W))
    val slow = Input(Clock())
  })
  val bus = IO(new Bus(width))
  val count = RegInit(0.U(width.W))
  val last = RegNext(count)
  val wire = Wire(UInt(8.W))
  val memory = SyncReadMem(16, UInt(8.W))
  val sum = count + io.in.bits
  val view = io.in
  view.ready := io.en
  val leaf = Module(new Leaf(width))
  leaf.io.a := sum
  io.out := leaf.io.y & wire
  bus.data <> leaf.io.wide
  when(io.en && !io.in.valid) {
    count := sum
  }.elsewhen(bus.ready) {
    count := 0.U
    memory.write(count, wire)
  } otherwise {
    wire := last
  }
  withClock(io.slow) {
    val late = Reg(Bool())
    late := io.en
  }
}
class Leaf(n: Int) extends BlackBox {
  val io = IO(new Bundle { val a = Input(UInt(n.W)); val y = Output(UInt(n.W)) })
}
"""


def test_declarations() -> None:
    graph = read(chisel, COUNTER)
    assert list(named(graph, Kind.MODULE)) == ["Counter", "Leaf"]
    assert named(graph, Kind.TYPE) == {
        "Bus": "data: Output(UInt(w.W)), ready: Input(Bool())",
        "Mode": "val idle, run = Value",
    }
    assert named(graph, Kind.PACKAGE) == {"Sizes": "object Sizes"}
    assert named(graph, Kind.FUNCTION) == {"twice": "def twice(x: Int): Int"}
    assert named(graph, Kind.PARAMETER) == {"deep": "4", "width": "Int = 8", "n": "Int"}
    assert named(graph, Kind.PORT) == {
        "clock": "input Clock(), implicit",
        "reset": "input Reset(), implicit",
        "io.en": "input Bool()",
        "io.in": "inout Flipped(Decoupled(UInt(8.W)))",
        "io.out": "output UInt(width.W)",
        "io.slow": "input Clock()",
        "bus.data": "output UInt(w.W)",
        "bus.ready": "input Bool()",
        "io.a": "input UInt(n.W)",
        "io.y": "output UInt(n.W)",
    }
    assert named(graph, Kind.SIGNAL)["count"] == "RegInit(0.U(width.W))"
    assert list(named(graph, Kind.PROCESS).values()) == ["when (io.en && !io.in.valid)"]
    assert not graph.diagnostics


def test_dataflow() -> None:
    found = pairs(read(chisel, COUNTER))
    assert {("sum", "count"), ("sum", "io.in"), ("last", "count"), ("io.in", "io.en")} <= found
    assert {("leaf.io.a", "sum"), ("io.out", "leaf.io.y"), ("io.out", "wire")} <= found
    assert {("count", "sum"), ("count", "io.en"), ("count", "io.in")} <= found
    assert {("memory", "wire"), ("memory", "count"), ("memory", "bus.ready")} <= found
    assert {("wire", "last"), ("late", "io.en")} <= found


def test_conditions_clocks_and_resets() -> None:
    graph = read(chisel, COUNTER)
    drives = edges(graph, EdgeKind.DRIVES)
    assert ("", "count", "posedge", "io.en && !io.in.valid") in drives
    assert ("", "wire", "", "!(io.en && !io.in.valid) && !(bus.ready)") in drives
    assert edges(graph, EdgeKind.CLOCKED_BY) == {
        ("last", "clock", "posedge", ""),
        ("", "clock", "posedge", ""),
        ("late", "io.slow", "posedge", ""),
    }
    assert edges(graph, EdgeKind.RESET_BY) == {("", "reset", "", "1")}


def test_an_instance_connects_the_nets_of_its_ports() -> None:
    graph = read(chisel, COUNTER)
    assert edges(graph, EdgeKind.INSTANTIATES) == {("leaf", "Leaf", "", "")}
    assert edges(graph, EdgeKind.CONNECTS) == {
        ("leaf", "clock", "", "clock"),
        ("leaf", "reset", "", "reset"),
        ("leaf", "leaf.io.a", "", "io.a"),
        ("leaf", "leaf.io.y", "", "io.y"),
        ("leaf", "leaf.io.wide", "", "io.wide"),
    }


def test_switch() -> None:
    graph = read(
        chisel,
        "import chisel3._\nclass A extends Module {\n"
        "val s = RegInit(0.U)\n switch(s) { is(0.U, 1.U) { s := 2.U } }\n}",
    )
    assert ("", "s", "posedge", "s === 0.U, 1.U") in edges(graph, EdgeKind.DRIVES)


def test_other_scala_is_not_hardware() -> None:
    assert is_chisel(b"package a\n  import chisel3.util._\n")
    assert is_chisel(b"import Chisel._")
    assert not is_chisel(b"// import chisel3\nobject A")
    assert not read(chisel, "object A { val x = 1 }").nodes


@pytest.mark.parametrize("text", [b"", b"\0" * 99, bytes(range(256)) * 9, b"// caf\xe9\nclass A {"])
def test_hostile_bytes(text: bytes) -> None:
    read(chisel, b"import chisel3._\n" + text)


@pytest.mark.parametrize("cut", range(60, len(COUNTER), 97))
def test_truncated(cut: int) -> None:
    read(chisel, COUNTER[:cut])


def test_deep_nesting() -> None:
    deep = 3_000
    head = "import chisel3._\nclass A extends Module { val a = Wire(Bool()); val q = Wire(Bool())\n"
    nested = "when(a){" * deep + "q := a" + "}" * deep
    assert ("q", "a") in pairs(read(chisel, head + nested + "}"))
    assert ("q", "a") in pairs(read(chisel, f"{head}q := {'(' * deep}a{')' * deep}\n}}"))
    assert len(read(chisel, head + "class B {" * deep + "}" * deep + "}").nodes) > deep


def test_blank_lines_without_end_are_looked_through_at_once() -> None:
    assert not is_chisel(b"\n" * (4 << 20))
