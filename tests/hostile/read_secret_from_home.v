// run: simulate; ends: no_evidence; plain limits: let it; attack: prints a file of the home folder line by line
module tb;
  integer fd, n;
  reg [8*200:1] line;
  initial begin
    fd = $fopen("@SECRET_FILE@", "r");
    if (fd) begin
      while ($fgets(line, fd)) $display("%0s", line);
      $display("PASS");
    end
  end
endmodule
