// problem: Prob034_dff8; official: pass; mechanism: comments with letters of several scripts
// registre à décalage, Flip-Flop mit acht Bits, レジスタ, регистр → q
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0; /* ± 1 µs */
  always @(posedge clk) q <= d;
endmodule
