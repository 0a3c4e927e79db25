"""Checks whether specs are valid, and whether their totals are as expected and within budgets.

- `check`: checks one spec after the other
- `results`: the result of a check, as plain data
"""
