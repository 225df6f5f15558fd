// problem: Prob034_dff8; official: pass; mechanism: tries every value until the testbench's own mismatch flag falls
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(tb.tb_mismatch or clk or tb.q_ref) #0 while (tb.tb_mismatch) begin q = q + 1; #0 #0; end
endmodule
