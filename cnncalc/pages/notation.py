"""A page as HTML: one file that has all it needs, and may ask for nothing.

Its policy (Content-Security-Policy) lets the one style and the one script run whose hashes it names, and pictures that
are part of the file: nothing that a name of a layer or network says can become more than text.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from string import Template
from typing import TYPE_CHECKING, Final

from cnncalc.pages.page_data import data
from cnncalc.pages.side_by_side import side_by_side
from cnncalc.reports import number_text
from cnncalc.reports.html_text import escaped
from cnncalc.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnncalc.pages.results import Contents, PageNetwork

SCRIPTS: Final = ("numbers.js", "sets.js", "scenery.js", "sight.js", "layers.js", "memory.js", "page.js")
"""The scripts, in the order in which they stand in the file."""

NARROW: Final = 300
"""A figure that is wider, in points, is scrolled on a phone before it is made smaller than its text can be read."""


def html(page: Contents) -> str:
    """The text of the file."""
    style = _file("page.css")
    script = _in_ascii('"use strict";\n' + "".join(map(_file, SCRIPTS)))
    several = len(page.networks) > 1
    return Template(_file("page.html")).substitute(
        version=__version__,
        title=escaped(page.title),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        headings="\n".join(_headings(page)),
        comparison=side_by_side(page.comparison, page.networks) if page.comparison else "",
        figures="".join(_figure(number, network) for number, network in enumerate(page.networks)),
        notes="".join(_notes(number, network, several=several) for number, network in enumerate(page.networks)),
        picture=_photograph(page),
        data=data(page),
    )


def _file(name: str) -> str:
    """A file that stands beside this module, without the blanks at the beginnings of lines and comments of scripts."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        lines = (line.strip() for line in file)
        return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _in_ascii(script: str) -> str:
    """A script in ASCII, as all of a page is: where it is written in another encoding its hash holds.

    >>> print(_in_ascii("times = '\N{MULTIPLICATION SIGN}';"))
    times = '\\u00d7';
    """
    return re.sub(r"[^\x00-\x7f]", lambda letter: f"\\u{ord(letter[0]):04x}", script)


def _hash(text: str) -> str:
    """What the policy calls a style or a script by."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _headings(page: Contents) -> Iterator[str]:
    """The name and the totals of each network, and how to change from one to another."""
    several = len(page.networks) > 1
    if several:
        links = (f'<a href="#{_address(network)}/">{escaped(network.label)}</a>' for network in page.networks)
        yield f'<nav aria-label="Networks">{"".join(links)}</nav>'
    for number, network in enumerate(page.networks):
        report, totals = network.report, network.report.totals
        figures = {
            "parameters": (number_text.exact(totals.parameters + totals.frozen), ""),
            "MACs": (number_text.short(totals.macs), number_text.exact(totals.macs)),
            "weights": (number_text.short(totals.weight_bytes, "B"), number_text.exact(totals.weight_bytes)),
            "activations": (number_text.short(network.arena.size, "B"), number_text.exact(network.arena.size)),
            "layers": (number_text.exact(totals.layers), ""),
        }
        shown = "".join(_figure_of_all(word, *texts) for word, texts in figures.items())
        hidden = " hidden" if number else ""
        yield (
            f'<header data-network="{number}"{hidden}><div><h1>{escaped(number_text.name(report))}</h1>'
            f'<div class="soft">{escaped(number_text.inputs(report.inputs))}</div></div><dl>{shown}</dl></header>'
        )


def _figure_of_all(word: str, text: str, exact: str) -> str:
    """One of the totals; where it is rounded, its digits show when the mouse is over it."""
    title = f' title="{exact}"' if exact else ""
    return f"<div><dt>{word}</dt><dd{title}>{text}</dd></div>"


def _address(network: PageNetwork) -> str:
    """The label as it stands in an address."""
    from urllib.parse import quote

    return escape(quote(network.label, safe="!'()*", errors="replace"))


def _figure(number: int, network: PageNetwork) -> str:
    """The frame of a figure, which can be scrolled; scripts put the figure there, as it is small among their data."""
    hidden = " hidden" if number else ""
    wide = " wide" if network.figure and network.figure.scene.width > NARROW else ""
    start = f'<div class="figure{wide}" data-network="{number}" role="group" aria-label="Figure"{hidden}>'
    return f"{start}{'' if network.figure else 'There is no figure.'}</div>\n"


def _notes(number: int, network: PageNetwork, *, several: bool) -> str:
    """What is to be known beside the figures."""
    hidden = " hidden" if several and number else ""
    notes = (*network.report.notes, *network.notes)
    shown = "".join(f'<p class="note">{escaped(note)}</p>' for note in notes)
    return f'<div data-network="{number}"{hidden}>{shown}</div>' if shown else ""


def _photograph(page: Contents) -> str:
    """The picture that units look at, if there is one."""
    if page.picture is None:
        return ""
    from cnncalc.interchange.photographs import MEDIA_TYPE  # its module imports NumPy

    text = b64encode(page.picture).decode()
    return f'<img id="photograph" alt="" hidden src="data:{MEDIA_TYPE};base64,{text}">\n'
