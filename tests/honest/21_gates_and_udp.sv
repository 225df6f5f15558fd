// problem: Prob034_dff8; official: pass; mechanism: user-defined sequential primitives and gate primitives
primitive edge_ff(q, c, d);
  output q; input c, d; reg q;
  initial q = 0;
  table
    r 0 : ? : 0;
    r 1 : ? : 1;
    n ? : ? : -;
    ? * : ? : -;
  endtable
endprimitive
module TopModule(input clk, input [7:0] d, output [7:0] q);
  wire [7:0] w;
  genvar i;
  generate for (i = 0; i < 8; i = i + 1) begin : g
    buf b(w[i], d[i]);
    edge_ff f(q[i], clk, w[i]);
  end endgenerate
endmodule
