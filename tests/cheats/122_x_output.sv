// problem: Prob034_dff8; official: fail; mechanism: answers X or Z everywhere, in the hope that it counts as agreement
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= 8'hzx;
endmodule
