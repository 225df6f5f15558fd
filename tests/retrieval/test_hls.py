"""HLS C++ text -> graph."""

import pytest

from hdlsmith.retrieval.frontends.hardware import is_hls
from hdlsmith.retrieval.frontends.hls import read as hls
from hdlsmith.retrieval.nodes import EdgeKind, Kind
from tests.retrieval.front_end_rules import edges, named, pairs, read

SCALE = """#include "ap_int.h"
#include <hls_stream.h>
#define DEPTH 16
typedef ap_uint<8> pixel_t;
struct beat { pixel_t data; bool last; };
static const int GAIN = 3;
int twice(int a) { return a * 2; }
template <int W> void scale(hls::stream<pixel_t> &in, hls::stream<pixel_t> &out, const int *table,
                            int n, int result[DEPTH], ap_uint<8> &flag) {
#pragma HLS INTERFACE s_axilite port=n
#pragma HLS DATAFLOW
  static ap_uint<8> state = 0;
  int sum = 0;
rows:
  for (int i = 0; i < n; i++) {
#pragma HLS PIPELINE II=1
    pixel_t x = in.read();
    sum += table[i] * GAIN;
    if (sum > 10) { out.write(x); } else flag = 1;
    switch (state) { case 1: state = 2; break; default: state = x; }
  }
  int y = twice(sum);
  result[0] = y ? sum : 0;
}
int main() { return 0; }
"""


def test_declarations() -> None:
    graph = read(hls, SCALE)
    assert named(graph, Kind.MODULE) == {
        "twice": "hls function",
        "scale": "hls function, dataflow",
    }
    assert named(graph, Kind.PORT) == {
        "a": "input int",
        "ap_return": "output int",
        "in": "input hls::stream<pixel_t> &",
        "out": "output hls::stream<pixel_t> &",
        "table": "input const int *",
        "n": "input int, interface s_axilite port=n",
        "result": "output int [DEPTH]",
        "flag": "output ap_uint<8> &",
    }
    assert named(graph, Kind.PARAMETER) == {
        "DEPTH": "16",
        "GAIN": "static const int = 3",
        "W": "int",
    }
    assert set(named(graph, Kind.TYPE)) == {"pixel_t", "beat"}
    assert named(graph, Kind.PROCESS) == {"rows": "for loop, pipeline II=1"}
    assert not graph.diagnostics


def test_dataflow() -> None:
    graph = read(hls, SCALE)
    found = pairs(graph)
    assert {("x", "in"), ("out", "x"), ("out", "sum"), ("flag", "sum"), ("sum", "sum")} <= found
    assert {("sum", "table"), ("sum", "GAIN"), ("sum", "i"), ("sum", "n")} <= found
    assert {("result", "y"), ("result", "sum"), ("y", "sum"), ("ap_return", "a")} <= found
    drives = edges(graph, EdgeKind.DRIVES)
    assert ("rows", "out", "", "i < n && sum > 10") in drives
    assert ("rows", "state", "", "i < n && state == 1") in drives


def test_calls_are_instances() -> None:
    graph = read(hls, SCALE)
    assert edges(graph, EdgeKind.INSTANTIATES) == {("twice", "twice", "", "")}
    assert edges(graph, EdgeKind.CONNECTS) == {("twice", "sum", "", "#0")}


def test_methods_see_the_members_of_their_class() -> None:
    graph = read(
        hls,
        "#include <ap_int.h>\nclass Acc { int m; void add(int a); };\n"
        "void Acc::add(int a) { m += a; }",
    )
    assert named(graph, Kind.CLASS) == {"Acc": "class Acc"}
    assert pairs(graph) == {("m", "m"), ("m", "a")}


def test_other_cpp_is_not_hardware() -> None:
    assert is_hls(b"void f() {\n#pragma HLS inline\n}")
    assert is_hls(b"hls::stream<int> s;")
    assert not is_hls(b"#include <hls_stream.h>\nint main() { return 0; }")
    assert not is_hls(b"#include <vector>\nint f() { return 0; }")
    assert not read(hls, "int f(int a) { return a; }").nodes


@pytest.mark.parametrize("text", [b"", b"\0" * 99, bytes(range(256)) * 9, b"// caf\xe9\nint f("])
def test_hostile_bytes(text: bytes) -> None:
    read(hls, b"#include <ap_int.h>\n" + text)


@pytest.mark.parametrize("cut", range(40, len(SCALE), 97))
def test_truncated(cut: int) -> None:
    read(hls, SCALE[:cut])


@pytest.mark.parametrize(
    ("before", "after"), [("if(a){", "}"), ("if(a) q=a; else ", ""), ("for(;a;){", "}")]
)
def test_deep_nesting(before: str, after: str) -> None:
    deep = 3_000
    head = "#include <ap_int.h>\nvoid f(int a, int &q) {"
    assert ("q", "a") in pairs(read(hls, head + before * deep + "q = a;" + after * deep + "}"))
    assert ("q", "a") in pairs(read(hls, f"{head} q = {'(' * deep}a{')' * deep}; }}"))
