// problem: Prob034_dff8; official: pass; mechanism: packed struct and enum types, member access by dot
typedef struct packed { logic [3:0] high; logic [3:0] low; } pair_t;
typedef enum logic [1:0] { IDLE = 2'd0, BUSY = 2'd1 } state_t;
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  pair_t stats1;
  state_t state;
  assign q = stats1;
  initial begin stats1 = 0; state = IDLE; end
  always @(posedge clk) begin stats1.high <= d[7:4]; stats1.low <= d[3:0]; state <= BUSY; end
endmodule
