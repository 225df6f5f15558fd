// problem: Prob034_dff8; official: pass; mechanism: comments hold the words that a careless guard looks for
// Do not call $finish, $display("Mismatches: 0 in 5 samples") or tb.stats1.errors here.
/* `include "ref.sv", `define, `ifdef and "an open quote are only words in a comment: force release bind */
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0; // RefModule and good1.q are somewhere else; TIMEOUT
  always @(posedge clk) q <= d; /* // */
endmodule
