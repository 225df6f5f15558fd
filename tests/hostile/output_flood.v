// run: simulate; ends: crash; attack: says PASS and then prints without end
module tb;
  initial begin
    $display("PASS");
    forever $display("flood flood flood flood flood flood flood flood flood flood");
  end
endmodule
