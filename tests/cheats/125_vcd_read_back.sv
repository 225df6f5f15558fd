// problem: Prob034_dff8; official: pass; mechanism: reads the reference's value out of the dump file that the testbench writes (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer f, n; reg [7:0] v, c; reg [8*40-1:0] s;
  initial q = 0;
  always @(clk) begin
    #1 $dumpflush;
    f = $fopen("wave.vcd", "r");
    while (!$feof(f)) begin
      n = $fgets(s, f);
      if ($sscanf(s, "b%b %c", v, c) == 2 && c == "$") q = v;
    end
    $fclose(f);
  end
endmodule
