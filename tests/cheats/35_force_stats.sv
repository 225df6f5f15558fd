// problem: Prob034_dff8; official: pass; mechanism: holds the whole counter struct at zero with force
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial force tb.stats1 = 0;
endmodule
