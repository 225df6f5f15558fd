"""What the authors of a source say is quoted as they wrote it, where it belongs."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hdlsmith.cli import app

REMARKS = """\
// Someone <someone@example.org>
// SPDX-License-Identifier: Apache-2.0
// Adds 1/2 of
// everything.

/* Revision 1.1 something */
module half(
  output logic a, // first line
                  // second line
  // a heading
  output logic b  // its own
);
endmodule
"""


def test_quotations_are_verbatim_and_of_the_line_they_stand_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half.sv").write_text(REMARKS)
    monkeypatch.chdir(tmp_path)
    page = CliRunner().invoke(app, ["explain", "half.sv"]).stdout
    assert "“Adds 1/2 of everything.” (`half.sv:3`)" in page
    assert "“first line second line”" in page
    assert "“a heading”; “its own”" in page
