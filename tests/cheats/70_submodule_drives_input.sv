// problem: Prob035_count1to10; official: fail; mechanism: a submodule's output port is connected to the reset input
module tie(output y); assign (supply1, supply0) y = 1'b1; endmodule
module TopModule(input clk, input reset, output reg [3:0] q);
  tie t(.y(reset));
  always @(posedge clk) q <= 1;
endmodule
