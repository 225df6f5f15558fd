// problem: Prob035_count1to10; official: fail; mechanism: declares the reset as inout and drives it
module TopModule(input clk, inout reset, output reg [3:0] q);
  assign (supply1, supply0) reset = 1'b1;
  always @(posedge clk) q <= 1;
endmodule
