// problem: Prob034_dff8; official: pass; mechanism: reads a register of its own generate block by a downward hierarchical name
module TopModule(input clk, input [7:0] d, output [7:0] q);
  generate if (1) begin : core
    reg [7:0] value;
    initial value = 0;
    always @(posedge clk) value <= d;
  end endgenerate
  assign q = core.value;
endmodule
