-- run: simulate; ends: timeout; attack: says PASS and then never gives way
entity tb is end;
architecture a of tb is
begin
  process
    variable n : natural := 0;
  begin
    report "PASS";
    loop
      n := (n + 1) mod 1000;
    end loop;
  end process;
end;
