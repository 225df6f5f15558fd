// problem: Prob034_dff8; official: pass; mechanism: builds the line with $sformat and prints a variable
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  reg [8*27-1:0] s;
  initial begin
    $sformat(s, "%s: %0d in %0d %s", "Mismatches", 0, 41, "samples");
    $display("%0s", s);
  end
endmodule
