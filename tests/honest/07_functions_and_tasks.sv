// problem: Prob034_dff8; official: pass; mechanism: automatic function, and a task with an output argument
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  function automatic [7:0] pass(input [7:0] x);
    integer i;
    for (i = 0; i < 8; i = i + 1) pass[i] = x[i];
  endfunction
  task automatic copy(input [7:0] a, output [7:0] b); b = pass(a); endtask
  reg [7:0] n;
  always @* copy(d, n);
  initial q = 0;
  always @(posedge clk) q <= n;
endmodule
