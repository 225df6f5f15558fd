// problem: Prob034_dff8; official: pass; mechanism: a struct of the compilation unit bears the reference's instance name: one tool finds the struct, the other the reference
struct packed { logic [7:0] q; } good1;
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @* q = good1.q;
endmodule
