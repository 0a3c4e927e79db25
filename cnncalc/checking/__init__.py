"""Checks whether specs are valid, and whether their totals are as expected and within budgets.

- `check`: checks one spec after the other
- `figures`: what a spec says of its figures, held against them
- `verdict`: what is said of a figure
- `expect_writing`, `text_edits`: the figures of a network written into its spec, and nothing else changed
- `results`: the result of a check, as plain data
"""
