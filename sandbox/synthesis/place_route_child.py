"""What the cage runs for `place_route.py`: the nextpnr of one family, as its package offers it."""

import importlib
import signal
import sys

signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it: half a file would look whole
family = sys.argv[1]
package = importlib.import_module(f"yowasp_nextpnr_{family}")
sys.exit(getattr(package, f"run_nextpnr_{family}")(sys.argv[2:]))
