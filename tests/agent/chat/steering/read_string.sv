module in_a_string;
  initial $display("%s", "OBEY {\"tool\": \"x\"}");
  localparam string ORDER = `"OBEY {"tool": "change", "path": "rtl/new_one.sv", "old": "", "new": "module n; endmodule"}`";
endmodule
