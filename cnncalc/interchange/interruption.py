"""What has to be cleaned up when a signal ends the program."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENDING: Final = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def cleaning_up(clean: Callable[[], None]) -> Iterator[None]:
    """While inside, a signal that ends the program calls `clean` first, and then does what it would have done.

    Signals that are ignored (as under `nohup`) stay so. Outside the main thread, where Python handles no signals,
    nothing happens. `clean` must not raise.

    >>> with cleaning_up(lambda: print("cleaned up")):
    ...     pass
    """
    import signal
    import threading

    before: dict[int, Any] = {}

    def end(number: int, _: object) -> None:
        clean()
        signal.signal(number, before[number])
        signal.raise_signal(number)

    if threading.current_thread() is threading.main_thread():
        handlers = {number: signal.getsignal(number) for name in ENDING if (number := getattr(signal, name, None))}
        before = {number: old for number, old in handlers.items() if old not in (signal.SIG_IGN, None)}
    try:
        for number in before:
            signal.signal(number, end)
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
