// problem: Prob035_count1to10; official: pass; mechanism: keeps the testbench's reset register at 1
module TopModule(input clk, input reset, output reg [3:0] q);
  always @(posedge clk) q <= 1;
  always @(tb.reset) tb.stim1.reset = 1;
endmodule
