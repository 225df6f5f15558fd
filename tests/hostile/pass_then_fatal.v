// run: simulate; ends: mismatch; attack: says PASS and ends with $fatal
module tb;
  initial begin
    $display("PASS");
    $fatal(1);
  end
endmodule
