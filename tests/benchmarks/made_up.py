"""A made-up VerilogEval checkout of tiny problems, so that tests need no dataset."""

from pathlib import Path

GATES = {"Prob001_and": "a & b", "Prob002_or": "a | b", "Prob003_xor": "a ^ b"}

_TESTBENCH = """`timescale 1 ps/1 ps
`define OK 12
module stimulus_gen (input clk, output logic a, output logic b);
  always @(posedge clk, negedge clk) {a, b} <= $random;
  initial begin
    repeat (20) @(posedge clk);
    $finish;
  end
endmodule

module tb();
  typedef struct packed { int errors; int clocks; } stats;
  stats stats1;
  reg clk = 0;
  initial forever #5 clk = ~clk;
  logic a, b, y_ref, y_dut;
  initial begin
    $dumpfile("wave.vcd");
    $dumpvars(1, stim1.clk, tb_mismatch, a, b, y_ref, y_dut);
  end
  wire tb_match = (y_ref === y_dut);
  wire tb_mismatch = ~tb_match;
  stimulus_gen stim1 (.clk, .a, .b);
  RefModule good1 (.a, .b, .y(y_ref));
  TopModule top_module1 (.a, .b, .y(y_dut));
  final $display("Mismatches: %1d in %1d samples", stats1.errors, stats1.clocks);
  always @(posedge clk, negedge clk) begin
    stats1.clocks++;
    if (!tb_match) stats1.errors++;
  end
  initial begin
    #1000000 $display("TIMEOUT");
    $finish();
  end
endmodule
"""


def write_checkout(folder: Path) -> Path:
    """Three gates as both tasks of a dataset in `folder`; returns the folder."""
    for task in ("spec-to-rtl", "code-complete-iccad2023"):
        data = folder / f"dataset_{task}"
        data.mkdir(parents=True)
        for name, function in GATES.items():
            (data / f"{name}_prompt.txt").write_text(_prompt(task, name))
            (data / f"{name}_ref.sv").write_text(design(function, "RefModule"))
            (data / f"{name}_test.sv").write_text(_TESTBENCH)
            (data / f"{name}_ifc.txt").write_text(_header("TopModule") + "\n")
    return folder


def design(function: str, name: str = "TopModule") -> str:
    """A module whose output is this function of a and b."""
    return f"{_header(name)}\n  assign y = {function};\nendmodule\n"


def _header(name: str) -> str:
    return f"module {name} (\n  input a,\n  input b,\n  output y\n);"


def _prompt(task: str, name: str) -> str:
    gate = name.partition("_")[2].upper()
    if task == "spec-to-rtl":
        ports = " - input  a\n - input  b\n - output y\n"
        return f"\nI would like a module named TopModule with\n{ports}\nIt is a 2-input {gate}.\n\n"
    return f"\nBuild a 2-input {gate}.\n\n{_header('TopModule')}\n\n"
