// run: simulate; ends: timeout crash compile_error; attack: four nested generate loops of a thousand each
module tb;
  genvar a, b, c, d;
  for (a = 0; a < 1000; a = a + 1)
    for (b = 0; b < 1000; b = b + 1)
      for (c = 0; c < 1000; c = c + 1)
        for (d = 0; d < 1000; d = d + 1) begin
          wire w = a ^ b ^ c ^ d;
        end
  initial $display("PASS");
endmodule
