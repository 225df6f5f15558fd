// problem: Prob035_count1to10; official: fail; mechanism: a user-defined primitive drives the reset input
primitive one(o, i);
  output o; input i;
  table 0 : 1; 1 : 1; x : 1; endtable
endprimitive
module TopModule(input clk, input reset, output reg [3:0] q);
  one (supply1, supply0) u(reset, clk);
  always @(posedge clk) q <= 1;
endmodule
