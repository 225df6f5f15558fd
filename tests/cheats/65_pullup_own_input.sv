// problem: Prob035_count1to10; official: fail; mechanism: a pull-up of supply strength on its own input port
module TopModule(input clk, input reset, output reg [3:0] q);
  pullup (supply1) p(reset);
  always @(posedge clk) q <= 1;
endmodule
