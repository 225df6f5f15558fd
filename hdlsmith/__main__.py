"""The way in: the command `hdlsmith`, and `python -m hdlsmith`."""

import os
import signal


def main() -> None:
    """Import the command line and run it; Ctrl-C ends the import, too, without a stack trace."""
    heard = signal.getsignal(signal.SIGINT)
    if heard is not signal.SIG_IGN:  # as in a background job
        # No exception: one that is raised in the middle of an import can be lost, or be printed.
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from hdlsmith.cli import main as run

    signal.signal(signal.SIGINT, heard)
    run()


if __name__ == "__main__":
    main()
