// problem: Prob034_dff8; official: pass; mechanism: copies the reference's output by its full path
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @* q = tb.good1.q;
endmodule
