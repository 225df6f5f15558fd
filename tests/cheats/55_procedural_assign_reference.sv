// problem: Prob034_dff8; official: pass; mechanism: holds the reference's register with a procedural continuous assign
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial assign tb.good1.q = 8'h00;
endmodule
