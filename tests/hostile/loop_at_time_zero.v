// run: simulate; ends: timeout; attack: says PASS and then loops at time zero without a delay
module tb;
  initial begin
    $display("PASS");
    while (1) ;
  end
endmodule
