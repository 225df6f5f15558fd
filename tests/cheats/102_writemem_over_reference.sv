// problem: Prob034_dff8; official: pass; mechanism: overwrites a file of the run folder with $writememh
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  reg [7:0] m [0:3];
  initial begin q = 0; $writememh("ref.sv", m); $finish; end
endmodule
