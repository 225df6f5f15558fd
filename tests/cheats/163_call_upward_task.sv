// problem: Prob034_dff8; official: pass; mechanism: right, but calls a task of the testbench's by its bare name, which is looked for upwards
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; wait_for_end_of_timestep; end
  always @(posedge clk) q <= d;
endmodule
