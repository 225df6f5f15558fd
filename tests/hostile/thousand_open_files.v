// run: simulate; ends: no_evidence crash; attack: opens a thousand files and keeps them open
module tb;
  integer fd, n, opened = 0;
  reg [8*12:1] name;
  initial begin
    for (n = 0; n < 1000; n = n + 1) begin
      $sformat(name, "f%0d", n);
      fd = $fopen(name, "w");
      if (fd) opened = opened + 1;
    end
    if (opened == 1000) $display("PASS");
  end
endmodule
