"""The style `volumes`: maps as boxes in perspective, as high, wide and thick as they have rows, columns and channels.

- `figure`: the scene; `faces`: the shapes of one volume, and the window that the next
  layer moves over it; `above`: sizes of pools, and how often a series comes
- `chains`: what is drawn, one after the other; `groups`: what shares a label, and what repeats itself
- `naming`, `labels`: short names of layers, and the lines below volumes
- `solids`: how large a volume is; `rows`: volumes and labels side by side; `fitting`: rows that fit the
  page; `refusal`: what to do where nothing does
"""
