// problem: Prob034_dff8; official: pass; mechanism: named blocks with local variables and disable of an own block
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) begin : sample
    reg [7:0] t;
    integer i;
    t = 8'h00;
    begin : scan
      for (i = 0; i < 16; i = i + 1) begin
        if (i == 8) disable scan;
        t[i] = d[i];
      end
    end
    q <= t;
  end
endmodule
