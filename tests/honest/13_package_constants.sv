// problem: Prob034_dff8; official: pass; mechanism: a package with constants and a function, used by name and by import
package dff_pkg;
  localparam int WIDTH = 8;
  typedef logic [WIDTH-1:0] word_t;
  function automatic word_t same(input word_t x); return x; endfunction
endpackage
module TopModule import dff_pkg::*; (input clk, input [7:0] d, output reg [7:0] q);
  word_t r;
  assign q = r;
  initial r = 0;
  always_ff @(posedge clk) r <= dff_pkg::same(d);
endmodule
