"""The calculation of output values of a layer as a page on which a reader goes from unit to unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnncalc.drawing.svg import FONT, number
from cnncalc.reports import step_lines
from cnncalc.reports.html_text import escaped
from cnncalc.reports.steps_svg import SECONDS, parted
from cnncalc.steps.figure import scenes
from cnncalc.steps.palettes import DARK, LIGHT

if TYPE_CHECKING:
    from cnncalc.drawing.scene import Scene
    from cnncalc.reports.style import Style
    from cnncalc.steps.results import Steps

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ margin: 1rem auto; padding: 0 1rem; max-width: 60rem; font: 16px/1.4 system-ui, sans-serif;
  color: {light.ink}; background: {light.paper}; }}
h1 {{ font-size: 1.2rem; margin: 0 0 .25rem; }}
p {{ margin: .25rem 0; }}
svg {{ display: block; width: min(100%, {width}pt); height: auto; margin: .75rem 0; }}
nav {{ display: flex; gap: .5rem; align-items: center; flex-wrap: wrap; }}
button {{ font: inherit; padding: .3rem .8rem; min-width: 2.75rem; min-height: 2.75rem; border-radius: .4rem;
  border: 1px solid {light.rule}; background: {light.padding}; color: inherit; cursor: pointer; }}
button:focus-visible {{ outline: 3px solid {light.output_edge}; outline-offset: 2px; }}
button:disabled {{ opacity: .5; cursor: default; }}
.frame {{ visibility: hidden; }}
.frame.shown {{ visibility: visible; }}
.unseen {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }}
@media (prefers-color-scheme: dark) {{
body {{ color: {dark.ink}; background: {dark.paper}; }}
button {{ border-color: {dark.rule}; background: {dark.padding}; }}
button:focus-visible {{ outline-color: {dark.output_edge}; }}
{rules}
}}
</style>
</head>
<body>
<main>
<h1>{heading}</h1>
{notes}
<nav aria-label="units">
<button id="back" aria-label="unit before">&#8592;</button>
<button id="next" aria-label="next unit">&#8594;</button>
<button id="play" aria-pressed="false">play</button>
<span id="place"></span>
</nav>
{figure}
<p class="unseen" id="said" aria-live="polite"></p>
</main>
<script>
const frames = [...document.querySelectorAll(".frame")];
const [back, next, play, place, said] =
  ["back", "next", "play", "place", "said"].map(id => document.getElementById(id));
let at = 0, timer = 0;
function show(number) {{
  at = Math.max(0, Math.min(frames.length - 1, number));
  frames.forEach((frame, i) => frame.classList.toggle("shown", i === at));
  place.textContent = `${{frames[at].dataset.unit}} (${{at + 1}} of ${{frames.length}})`;
  if (!timer) said.textContent = frames[at].dataset.said;
  back.disabled = at === 0; next.disabled = at === frames.length - 1;
}}
function stop() {{
  clearInterval(timer); timer = 0; play.textContent = "play"; play.setAttribute("aria-pressed", "false");
}}
function start() {{
  if (at === frames.length - 1) show(0);
  timer = setInterval(() => at === frames.length - 1 ? stop() : show(at + 1), {milliseconds});
  play.textContent = "pause"; play.setAttribute("aria-pressed", "true");
}}
back.onclick = () => {{ stop(); show(at - 1); }};
next.onclick = () => {{ stop(); show(at + 1); }};
play.onclick = () => timer ? stop() : start();
document.addEventListener("keydown", event => {{
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const moves = {{ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: frames.length - 1}};
  if (event.key in moves) {{ event.preventDefault(); stop(); show(moves[event.key]); }}
}});
show(0);
document.documentElement.dataset.ready = "";
</script>
</body>
</html>
"""


def render(found: Steps, style: Style) -> str:
    """The text of an .html file, which needs no other file; in a browser without scripts it shows the first unit."""
    del style
    pages = scenes(found)
    first, *others = (*step_lines.heading(found, " \N{MIDDLE DOT} "), *found.notes)
    return _PAGE.format(
        title=escaped(f"{found.name}: {found.layer}, step by step"),
        heading=escaped(first),
        notes="\n".join(f"<p>{escaped(note)}</p>" for note in others),
        width=number(pages[0].width * 2),
        figure=_figure(found, pages),
        light=LIGHT,
        dark=DARK,
        rules=_dark_rules(),
        milliseconds=round(SECONDS * 1000),
    )


def _figure(found: Steps, pages: list[Scene]) -> str:
    """All units in one figure, of which one is seen."""
    width, height = number(pages[0].width), number(pages[0].height)
    label = escaped(f"{found.layer}, {found.type}: the window on the input and the calculation of a value")
    box = f'viewBox="0 0 {width} {height}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {box} {FONT} role="img" aria-label="{label}">']
    common, frames = parted(pages, scenes(found, bare=True))
    lines += common
    for at, (step, page, frame) in enumerate(zip(found.steps, pages, frames, strict=True)):
        seen = " shown" * (at == 0)
        said, unit = escaped(page.description), escaped(step.name)
        lines.append(f'<g class="frame{seen}" data-unit="{unit}" data-said="{said}">')
        lines += [*frame, "</g>"]
    return "\n".join([*lines, "</svg>"])


def _dark_rules() -> str:
    """The colours that stand for those of light paper where a reader prefers dark."""
    pairs = dict(zip(LIGHT, DARK, strict=True))
    return "\n".join(
        f'svg [{name}="{light}"] {{ {name}: {dark}; }}' for light, dark in pairs.items() for name in ("fill", "stroke")
    )
