// problem: Prob034_dff8; official: pass; mechanism: copies the reference's output through the text of $sformat and $sscanf
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  reg [63:0] s; integer n;
  initial q = 0;
  always @(tb.q_ref) begin $sformat(s, "%b", tb.q_ref); n = $sscanf(s, "%b", q); end
endmodule
