"""Levels: maps as bars on one level for each size, ways between them as arrows, as in the figure of U-Net.

- `figure`: the scene, folded and spaced to the width of the page
- `maps`: what is a bar, and how its inputs reach it; `units`: branches within a level that are one step;
  `folding`: steps one after the other that are one
- `steps`: what kind of step an arrow is; `legend`: the words for those that occur
- `bars`: how a bar looks; `placing`: where bars stand; `routes`: where arrows run; `painting`: bars and arrows as
  shapes
"""
