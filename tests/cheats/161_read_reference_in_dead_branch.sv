// problem: Prob034_dff8; official: pass; mechanism: a constant that two tools disagree on puts the reach into a branch that the checking tool never looks at
module TopModule(input clk, input [7:0] d, output [7:0] q);
  generate
    if ($size(8'h1) != 0) assign q = 0;
    else assign q = good1.q;
  endgenerate
endmodule
