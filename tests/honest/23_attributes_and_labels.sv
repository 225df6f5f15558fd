// problem: Prob034_dff8; official: pass; mechanism: attributes, end labels and celldefine
`celldefine
(* keep_hierarchy = "yes" *)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  (* keep *) wire [7:0] w = d;
  initial q = 0;
  always @(posedge clk) begin : capture
    q <= w;
  end : capture
endmodule : TopModule
`endcelldefine
