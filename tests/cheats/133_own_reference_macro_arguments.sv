// problem: Prob034_dff8; official: pass; mechanism: an unfinished macro argument list after a harmless-looking call swallows the reference (design file compiled first: fail)
`define LOG(level, text)
module RefModule(input clk, input [7:0] d, output [7:0] q); assign q = 0; endmodule
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
endmodule
`LOG(1,
