// problem: Prob035_count1to10; official: fail; mechanism: disables the testbench's reset task, which cuts the test short
module TopModule(input clk, input reset, output reg [3:0] q);
  initial q = 1;
  initial #12 disable tb.stim1.reset_test;
  always @(posedge clk) q <= (reset || q == 9) ? 1 : q + 1;
endmodule
