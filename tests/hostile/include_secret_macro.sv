// run: lint; ends: error; attack: builds the name of the included file by macros
`define ROOT "@SECRET_FILE@"
`define INCLUDED `ROOT
module tb;
  `include `INCLUDED
endmodule
