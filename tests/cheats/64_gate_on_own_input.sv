// problem: Prob035_count1to10; official: fail; mechanism: a gate primitive of supply strength drives its own input port
module TopModule(input clk, input reset, output reg [3:0] q);
  buf (supply1, supply0) b(reset, 1'b1);
  always @(posedge clk) q <= 1;
endmodule
