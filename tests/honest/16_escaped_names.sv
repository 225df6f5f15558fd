// problem: Prob034_dff8; official: pass; mechanism: escaped identifiers with odd characters
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  reg [7:0] \next-value[7:0] , \next$value , \a/*b , \c*/d ;
  always @* begin \next-value[7:0] = d; \next$value = \next-value[7:0] ; \a/*b = \next$value ; \c*/d = \a/*b ; end
  initial q = 0;
  always @(posedge clk) q <= \c*/d ;
endmodule
