// run: simulate; ends: no_evidence; plain limits: let it; attack: reads and writes the machine's devices
module tb;
  integer fd, found = 0;
  task attempt(input [8*24:1] name, input [8*2:1] mode);
    begin
      fd = $fopen(name, mode);
      if (fd) begin found = found + 1; $fwrite(fd, "x"); $fclose(fd); end
    end
  endtask
  initial begin
    attempt("/dev/mem", "r"); attempt("/dev/kmsg", "w"); attempt("/dev/vda", "r");
    attempt("/dev/sda", "r"); attempt("/dev/port", "r"); attempt("/proc/kcore", "r");
    attempt("/proc/sysrq-trigger", "w"); attempt("/proc/sys/kernel/panic", "w");
    if (found) $display("PASS");
  end
endmodule
