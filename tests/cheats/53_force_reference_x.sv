// problem: Prob034_dff8; official: pass; mechanism: forces the reference's register to X, which matches anything
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial force tb.good1.q = 8'hxx;
endmodule
