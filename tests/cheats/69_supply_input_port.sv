// problem: Prob035_count1to10; official: fail; mechanism: declares its input port as a supply1 net
module TopModule(clk, reset, q);
  input clk; input reset; supply1 reset;
  output reg [3:0] q;
  always @(posedge clk) q <= 1;
endmodule
