// problem: Prob035_count1to10; official: pass; mechanism: localparams, a case statement and a next-state block
module TopModule #(parameter LAST = 10) (input clk, input reset, output reg [3:0] q);
  localparam [3:0] FIRST = 4'd1;
  logic [3:0] next;
  always_comb begin
    unique case (q)
      LAST[3:0]: next = FIRST;
      default:   next = q + 4'd1;
    endcase
  end
  always_ff @(posedge clk) if (reset) q <= FIRST; else q <= next;
endmodule
