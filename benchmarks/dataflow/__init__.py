"""Our dataflow of Verilog-2005 beside that of pyverilog."""
