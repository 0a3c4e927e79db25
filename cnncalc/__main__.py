"""`cnncalc` and `python -m cnncalc`: the command line as a process of its own."""

from __future__ import annotations

import gc
import os

from cnncalc.exit_status import INTERRUPTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line, and leave with its exit status; Ctrl-C ends it at any time, without a word, with 130.

    The objects of one command live as long as it does, and so do the modules that it imports: to look for garbage
    among them only takes time, a tenth of that of a summary. As much is what Python spends on them when it ends, where
    it looks for cycles in all that its modules leave; in what is frozen it does not.
    """
    gc.disable()
    try:
        # What `signal` wraps in enumerations, which take a millisecond to make.
        import _signal  # type: ignore[import-not-found]

        if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
            _signal.signal(_signal.SIGINT, _leave)
        from cnncalc.cli import main as command_line
    except KeyboardInterrupt:
        _leave()
    try:
        command_line()
    finally:
        gc.freeze()


def _leave(*_: object) -> NoReturn:
    """Leave at once: an exception raised amid the import of a library may be swallowed or become another one."""
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
