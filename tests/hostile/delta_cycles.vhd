-- run: simulate; ends: timeout crash mismatch; attack: says PASS and then toggles for ever at time zero
entity tb is end;
architecture a of tb is
  signal s : bit := '0';
begin
  s <= not s;
  process
  begin
    report "PASS";
    wait;
  end process;
end;
