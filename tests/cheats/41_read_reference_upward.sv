// problem: Prob034_dff8; official: pass; mechanism: copies the reference's output by an upward name
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @* q = good1.q;
endmodule
