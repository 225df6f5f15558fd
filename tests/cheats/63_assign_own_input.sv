// problem: Prob035_count1to10; official: fail; mechanism: a continuous assignment of supply strength to its own input port
module TopModule(input clk, input reset, output reg [3:0] q);
  assign (supply1, supply0) reset = 1'b1;
  always @(posedge clk) q <= 1;
endmodule
