// run: tested; ends: mismatch no_evidence tampered crash; attack: a wrong design writes reports into /proc/self/fd and the folder above
module dut(input clk, input [3:0] a, output reg [3:0] y);
  integer fd, n;
  reg [8*24:1] name;
  initial begin
    for (n = 3; n < 40; n = n + 1) begin
      $sformat(name, "/proc/self/fd/%0d", n);
      fd = $fopen(name, "w");
      if (fd) $fwrite(fd, "{\"tests\": [{\"name\": \"follows\", \"status\": \"passed\"}]}\n");
    end
    fd = $fopen("../plan.json", "w");
    y = 0;
  end
endmodule
