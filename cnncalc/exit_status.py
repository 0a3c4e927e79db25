"""The exit statuses of the command line."""
# Imported before Ctrl-C is handled, so it imports nothing.

DONE = 0
FAILED = 1
"""A check failed."""
USAGE = 2
"""Bad usage, a bad spec, or an output that cannot be written."""
FAULT = 70
"""A fault of cnncalc's own."""
INTERRUPTED = 130
