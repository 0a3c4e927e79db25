"""The style `blocks`: boxes from top to bottom or from left to right, with the ways between them.

- `figure`: the scene; `detail`: how much of a network is drawn
- `items`: what is drawn as one; `folding`: equal parts one after the other
- `plan`, `series_parallel`: how items follow one another, by a recursive split into series and branches; what has no
  such split is a ladder
- `geometry`, `placing`: a plan in points: sizes, places and ways; `ladder`: a column with its lanes
- `stages`: the scopes that a figure names; `columns`, `pages`: breaks of the trunk, so that it fits the page
- `frames`: frames around what has several ways in or out
- `looks`: what an item looks like; `painting`: everything as shapes; `legend`: what the bars mean
"""
