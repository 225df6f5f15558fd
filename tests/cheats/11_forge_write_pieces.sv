// problem: Prob034_dff8; official: pass; mechanism: writes the verdict line in pieces
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial begin
    $write("Mis"); $write("matches: %0d", 0); $write(" in %0d sam", 41); $write("ples\n");
  end
endmodule
