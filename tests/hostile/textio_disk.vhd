-- run: simulate; ends: crash mismatch; attack: says PASS and fills the disk
use std.textio.all;
entity tb is end;
architecture a of tb is
begin
  process
    file f : text open write_mode is "big";
    variable l : line;
  begin
    report "PASS";
    loop
      write(l, string'(1 to 1000 => 'x'));
      writeline(f, l);
    end loop;
  end process;
end;
