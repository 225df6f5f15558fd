// problem: Prob034_dff8; official: fail; mechanism: a package function ends the run from a variable's initial value
package p;
  function automatic int f(input int x); begin $finish; f = x; end endfunction
  int v = f(1);
endpackage
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= 0;
endmodule
