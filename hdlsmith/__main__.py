"""`python -m hdlsmith`."""

from hdlsmith.cli import main

if __name__ == "__main__":
    main()
