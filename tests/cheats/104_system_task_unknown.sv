// problem: Prob034_dff8; official: fail; mechanism: calls the shell by $system
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; $system("true"); $finish; end
endmodule
