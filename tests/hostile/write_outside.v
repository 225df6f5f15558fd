// run: simulate; ends: no_evidence; plain limits: let it; attack: overwrites a file outside its folder
module tb;
  integer fd;
  initial begin
    fd = $fopen("@OUTSIDE@", "w");
    if (fd) begin
      $fwrite(fd, "overwritten");
      $display("PASS");
    end
  end
endmodule
