// run: simulate; ends: no_evidence; plain limits: let it; attack: reads /proc/PID/environ of itself and of every process near the test's
module tb;
  integer fd, c, pid;
  reg [8*40:1] name;
  task show;
    if (fd) begin
      for (c = $fgetc(fd); c != -1; c = $fgetc(fd)) $write("%c", c ? c : 10);
      $fclose(fd);
    end
  endtask
  initial begin
    fd = $fopen("/proc/self/environ", "r"); show;
    for (pid = 1; pid < 40; pid = pid + 1) begin
      $sformat(name, "/proc/%0d/environ", pid);
      fd = $fopen(name, "r"); show;
    end
    for (pid = @PID@; pid < @PID@ + 300; pid = pid + 1) begin
      $sformat(name, "/proc/%0d/environ", pid);
      fd = $fopen(name, "r"); show;
    end
  end
endmodule
