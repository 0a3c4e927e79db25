"""Integers that remember how they were computed, and what is done with them.

- `traced`: numbers that keep the operations they came from, and their formulas as text
- `arithmetic`: the functions that sizes and counts are computed with, of plain and of traced integers
- `floor_forms`: nested floor-affine functions of an input size, their composition and inverse
"""
