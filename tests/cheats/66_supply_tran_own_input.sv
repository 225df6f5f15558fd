// problem: Prob035_count1to10; official: fail; mechanism: ties its input port to a supply net with a bidirectional switch
module TopModule(input clk, input reset, output reg [3:0] q);
  supply1 vdd;
  tran t(vdd, reset);
  always @(posedge clk) q <= 1;
endmodule
