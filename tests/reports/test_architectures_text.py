"""The list of architectures at every width."""

from __future__ import annotations

from cnncalc.reports import architectures_text
from cnncalc.reports.style import PLAIN, Style
from cnncalc.spec.listing import Architecture
from tests.rows import every_row

FOUND = [
    Architecture("alexnet", "alexnet", "alexnet", "AlexNet", (3, 227, 227), 60965224, 1135256096),
    Architecture("resnet", "resnet18", "resnet18", "ResNet", (3, 224, 224), 11689512, 1814073344),
    Architecture(
        "resnet",
        "resnet34_of_a_very_long_name",
        "resnet34_of_a_very_long_name",
        "ResNet",
        (3, 224, 224),
        21797672,
        3663761408,
    ),
]


def test_a_file_is_named_once() -> None:
    assert architectures_text.render(FOUND).splitlines()[2:] == [
        "alexnet  alexnet                       3x227x227  60,965,224  1.14 G",
        "resnet   resnet18                      3x224x224  11,689,512  1.81 G",
        "         resnet34_of_a_very_long_name  3x224x224  21,797,672  3.66 G",
    ]


@every_row("width", range(40, 90, 5))
def test_it_is_as_wide_as_there_is_room_and_says_what_has_none(width: int) -> None:
    lines = architectures_text.render(FOUND, Style(width=width)).splitlines()
    assert max(map(len, lines)) <= width
    assert ("no room for" in "\n".join(lines)) is not ({"file", "input"} <= {*lines[0].split()})
    assert all(architecture.spec in "\n".join(lines) for architecture in FOUND if "file" in lines[0])


def test_without_a_style_it_is_plain() -> None:
    assert architectures_text.render(FOUND) == architectures_text.render(FOUND, PLAIN)
    assert "\x1b" in architectures_text.render(FOUND, Style(colours=True))
