// run: simulate; ends: no_evidence crash; plain limits: let it; attack: fills /dev/shm, which is the machine's memory
module tb;
  integer fd, n, k;
  reg [8*20:1] name;
  initial begin
    for (n = 0; n < 64; n = n + 1) begin
      $sformat(name, "/dev/shm/f%0d", n);
      fd = $fopen(name, "w");
      for (k = 0; fd && k < 2048; k = k + 1) $fwrite(fd, "%01024d", 0);
    end
  end
endmodule
