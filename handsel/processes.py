"""Child processes that cannot outlive the process that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def dies_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` that has the kernel send `death_signal` to the child when the calling thread ends.

    The kernel watches the thread that forks, not its process (prctl(2), PR_SET_PDEATHSIG): a child started from a
    passing thread would die with that thread, so only the main thread may start one. Changing the user clears the
    request; `subprocess` changes the user before it runs this. Systems without prctl start the child unwatched.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("A child that dies with its parent must be started from the main thread.")
    parent = os.getpid()

    def in_child() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        # The parent may have died between the fork and the line above; then no signal will ever come.
        if os.getppid() != parent:
            os._exit(1)

    return in_child
