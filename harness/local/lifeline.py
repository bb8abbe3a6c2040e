"""End this process when the one that started it has ended, however it ended."""

import os
import threading


def hold(descriptor: int) -> None:
    """Watch the read end of a pipe whose write end only the parent holds; its end of file ends this process at once.

    The kernel closes the parent's end even after kill -9. PR_SET_PDEATHSIG would follow the parent's thread instead,
    and a normal exit would wait for the native threads of an engine.
    """
    threading.Thread(target=_watch, args=(descriptor,), name="lifeline", daemon=True).start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os._exit(0)
