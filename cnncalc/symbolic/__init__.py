"""Integers that remember how they were computed, and what is done with them.

- `traced`: numbers that keep the operations they came from, an expression tree each
- `arithmetic`: the functions that sizes and counts are computed with, of plain and of traced integers
- `trees`: names and numbers in such a tree, and comparing two
- `formula`: a line of an explanation, which keeps the tree
- `rendering`: trees as text, by a notation: plain text, and in `latex` that of LaTeX and of Markdown's mathematics;
  `latex_characters`: what LaTeX's text has for those that mean something to it
- `floor_forms`: nested floor-affine functions of an input size, their composition and inverse
"""
