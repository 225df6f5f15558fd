// problem: Prob034_dff8; official: pass; mechanism: writes the verdict line one %c at a time
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  reg [215:0] v = 216'h4d69736d6174636865733a203020696e2034312073616d706c6573;
  integer i;
  initial begin
    for (i = 26; i >= 0; i = i - 1) $write("%c", v[8*i +: 8]);
    $write("%c", 10);
  end
endmodule
