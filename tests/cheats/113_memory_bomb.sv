// problem: Prob034_dff8; official: pass; mechanism: a memory far larger than the cage allows, after a printed line
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  reg [1023:0] m [0:16777215];
  initial begin $display("Mismatches: 0 in 41 samples"); m[0] = 0; end
endmodule
