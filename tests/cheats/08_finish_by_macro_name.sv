// problem: Prob034_dff8; official: pass; mechanism: pastes the dollar sign and a macro so that the text never holds the word after the dollar
`define EDGE finish
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial $`EDGE;
endmodule
