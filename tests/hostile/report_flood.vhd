-- run: simulate; ends: crash; attack: says PASS and reports without end
entity tb is end;
architecture a of tb is
begin
  process
  begin
    report "PASS";
    loop
      report "flood flood flood flood flood flood flood flood flood flood flood flood";
    end loop;
  end process;
end;
