// run: simulate; ends: no_evidence; plain limits: let it; attack: appends to that file by way of the parent folders and of /proc/self/root
module tb;
  integer one, two;
  initial begin
    one = $fopen("../../../../../../..@OUTSIDE@", "a");
    two = $fopen("/proc/self/root@OUTSIDE@", "a");
    if (one) $fwrite(one, "appended");
    if (two) $fwrite(two, "appended");
    if (one || two) $display("PASS");
  end
endmodule
