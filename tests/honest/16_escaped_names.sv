// problem: Prob034_dff8; official: pass; mechanism: escaped identifiers with odd characters
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  reg [7:0] \next-value[7:0] , \$finish_soon , \a/*b , \c*/d ;
  always @* begin \next-value[7:0] = d; \$finish_soon = \next-value[7:0] ; \a/*b = \$finish_soon ; \c*/d = \a/*b ; end
  initial q = 0;
  always @(posedge clk) q <= \c*/d ;
endmodule
