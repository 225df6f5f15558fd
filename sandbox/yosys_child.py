"""What the cage runs for `yosys.py`: the passes named in a JSON file, by pyosys.

Pass and arguments arrive as separate words, so that no file name is read as a command.
"""

import json
import signal
import sys
from pathlib import Path

from pyosys import libyosys

# Python ignores it, and Yosys, not seeing that a write failed, would go on with half a file.
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
design = libyosys.Design()
for words in json.loads(Path(sys.argv[1]).read_text()):
    libyosys.Pass.call(design, words)  # an error is printed and ends the process with code 1
