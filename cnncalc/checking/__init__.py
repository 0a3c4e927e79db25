"""Whether specs are valid, and hold what they expect of themselves and what a budget allows.

- `results`: what was found, as plain data
- `check`: one spec after the other
"""
