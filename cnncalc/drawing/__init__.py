"""Drawing: figures of networks, as scenes of plain shapes, and those as SVG, TikZ, HTML and PNG.

- `figure`: a network drawn; `choice`: the style that suits its structure; `options`: what a reader may wish
- `results`: a figure that is drawn, and its notations
- `boxes`, `depths`, `kinds`, `wording`, `selection`: what styles share: layers that are drawn as one, how often their
  maps have been halved, their kinds and words, and a scope as a network of its own
- `styles`: the registry of styles, a module each: `blocks` has boxes from top to bottom, `volumes`
  maps in perspective, `levels` maps on one level for each size
- `fan`, also a style: the units that a unit reads, with `fan_plan` and `fan_lines`
- `growth`, also a style: the fields of all layers (`growth_fields`) as nested squares on a photograph or a
  `landscape`, or as bars (`growth_bars`), with names beside them (`growth_names`)
- `scene`: plain shapes on a page; `text_metrics`: how wide texts are; `themes`: colours
- `svg`, `tikz`, `html`, `png`: a scene in each notation
"""
