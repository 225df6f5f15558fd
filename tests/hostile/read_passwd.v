// run: simulate; ends: no_evidence; plain limits: let it; attack: opens /etc/passwd with $fopen and prints it
module tb;
  integer fd, c;
  initial begin
    fd = $fopen("/etc/passwd", "r");
    if (fd) begin
      for (c = $fgetc(fd); c != -1; c = $fgetc(fd)) $write("%c", c);
      $display("PASS");
    end
  end
endmodule
