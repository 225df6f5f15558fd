-- run: simulate; ends: no_evidence crash mismatch; plain limits: let it; attack: overwrites a file outside with textio
use std.textio.all;
entity tb is end;
architecture a of tb is
begin
  process
    file f : text;
    variable l : line;
    variable s : file_open_status;
  begin
    file_open(s, f, "@OUTSIDE@", write_mode);
    if s = open_ok then
      write(l, string'("overwritten"));
      writeline(f, l);
      report "PASS";
    end if;
    wait;
  end process;
end;
