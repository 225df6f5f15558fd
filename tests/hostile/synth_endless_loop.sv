// run: synth; ends: error; attack: a loop that never ends while it is unrolled
module tb(input [7:0] a, output reg [7:0] y);
  integer i;
  always @* begin
    y = a;
    for (i = 0; i >= 0; i = i) y = y + 1;
  end
endmodule
