"""From a network to a report: every figure of every layer, and the totals, as plain data."""
