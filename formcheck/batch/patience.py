"""A time limit for work in this very process, which nobody else could end."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

_LONGEST_S = 1e6


class OutOfTime(BaseException):
    """The time is over."""


def can_limit() -> bool:
    """Whether time can be limited here: in the main thread, on a system with timers."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`OutOfTime` in the block once it has run for so long, where that is possible."""
    if not can_limit() or seconds > _LONGEST_S:
        yield
        return

    def over(_number: int, _frame: FrameType | None) -> NoReturn:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
