// problem: Prob034_dff8; official: pass; mechanism: holds the counters with a procedural continuous assign
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial assign tb.stats1 = 0;
endmodule
