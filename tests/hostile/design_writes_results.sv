// run: tested; ends: mismatch no_evidence tampered crash; attack: a wrong design writes a passing results.xml over the honest one, at the start and at the end
module dut(input clk, input [3:0] a, output reg [3:0] y);
  integer fd;
  initial begin
    fd = $fopen("results.xml", "w");
    $fwrite(fd, "<testsuites><testsuite name=\"all\"><testcase name=\"follows\" classname=\"honest\" time=\"1\" sim_time_ns=\"10\"/></testsuite></testsuites>");
    y = 0;
  end
endmodule
