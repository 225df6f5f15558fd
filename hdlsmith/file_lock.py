"""Advisory file locks: the kernel drops them with their holder, so none can go stale."""

import fcntl
from typing import IO, Any

from hdlsmith.errors import InputError


def try_lock(file: IO[Any], *, shared: bool = False) -> bool:
    """Lock an open file until it is closed, without waiting; False where another holds it.

    A child that inherits the file holds the lock too, until both have closed it.

    Args:
        shared: admit other shared holders, so that two who only look don't see each other.

    Raises:
        InputError: the file system has no locks.
    """
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise InputError(
            f"cannot lock {file.name}: {error.strerror}",
            remedy="point --out, HDLSMITH_DATA_DIR and HDLSMITH_STATE_DIR at a local disk",
        ) from error
    return True
