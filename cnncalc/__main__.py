"""`cnncalc` and `python -m cnncalc`.

The objects of one command live as long as it does, and so do the modules that it imports: to look for garbage among
them only takes time, a tenth of that of a summary.
"""

import gc

gc.disable()

from cnncalc.cli import main  # noqa: E402 - the imports are what takes the time

__all__ = ["main"]

if __name__ == "__main__":
    main()
