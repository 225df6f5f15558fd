// problem: Prob034_dff8; official: pass; mechanism: about 5 MB of output around a printed verdict line
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  integer i;
  initial begin
    for (i = 0; i < 100000; i = i + 1) $display("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    $display("Mismatches: 0 in 41 samples");
  end
endmodule
