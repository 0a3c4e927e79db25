"""Networks as `.cfg` files of darknet write them, made of a few words a section."""

from __future__ import annotations

from typing import Any


def section(kind: str, **options: Any) -> str:
    """A section with a line an option."""
    return "\n".join([f"[{kind}]", *(f"{name}={value}" for name, value in options.items())]) + "\n"


def net(size: int, **options: Any) -> str:
    """The first section, of a square image in colours."""
    return section("net", batch=1, width=size, height=size, channels=3, momentum=0.9, **options)


def conv(filters: int, size: int = 3, stride: int = 1) -> str:
    """A convolution with batch norm."""
    return section(
        *("convolutional",), batch_normalize=1, filters=filters, size=size, stride=stride, pad=1, activation="leaky"
    )


def plain(filters: int) -> str:
    """A convolution without batch norm, before a detection layer."""
    return section("convolutional", filters=filters, size=1, stride=1, pad=1, activation="linear")


def pool(size: int = 2, stride: int = 2) -> str:
    """A pool."""
    return section("maxpool", size=size, stride=stride)


def darknet19() -> str:
    """The classifier of Redmon and Farhadi 2016."""
    text = net(256) + conv(32) + pool() + conv(64) + pool()
    for width in (128, 256):
        text += conv(width) + conv(width // 2, 1) + conv(width) + pool()
    for width in (512, 1024):
        text += conv(width) + (conv(width // 2, 1) + conv(width)) * 2 + (pool() if width == 512 else "")
    return text + plain(1000) + "[avgpool]\n" + section("softmax", groups=1) + section("cost", type="sse")


def tiny_yolo_v2() -> str:
    """The small detector of Pascal VOC, whose last pool has stride 1."""
    text = net(416)
    for width in (16, 32, 64, 128, 256):
        text += conv(width) + pool()
    text += conv(512) + pool(2, 1) + conv(1024) + conv(1024) + plain(125)
    return text + section("region", classes=20, coords=4, num=5, softmax=1, anchors="1.08,1.19, 3.42,4.41")


def _residual(width: int) -> str:
    return conv(width // 2, 1) + conv(width) + section("shortcut", **{"from": -3}, activation="linear")


def _yolo(mask: str, num: int = 9) -> str:
    return plain(255) + section("yolo", mask=mask, classes=80, num=num, jitter=0.3)


def yolo_v3() -> str:
    """The detector with 53 layers before its three heads."""
    text = net(416) + conv(32)
    for width, depth in ((64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)):
        text += conv(width, 3, 2) + _residual(width) * depth
    for level, (width, mask) in enumerate(((512, "6,7,8"), (256, "3,4,5"), (128, "0,1,2"))):
        if level:
            text += section("route", layers=-4) + conv(width, 1) + section("upsample", stride=2)
            text += section("route", layers=f"-1, {(61, 36)[level - 1]}")
        text += (conv(width, 1) + conv(2 * width)) * 3 + _yolo(mask)
    return text


def yolo_v3_tiny() -> str:
    """The small detector of two heads, with a pool of stride 1."""
    text = net(416)
    for width in (16, 32, 64, 128, 256):
        text += conv(width) + pool()
    text += conv(512) + pool(2, 1) + conv(1024) + conv(256, 1) + conv(512) + _yolo("3,4,5", 6)
    text += section("route", layers=-4) + conv(128, 1) + section("upsample", stride=2)
    return text + section("route", layers="-1, 8") + conv(256) + _yolo("0,1,2", 6)


def yolo_v4_tiny() -> str:
    """The small detector whose blocks take one half of the channels."""
    text = net(416) + conv(32, 3, 2) + conv(64, 3, 2)
    for width in (64, 128, 256):
        text += conv(width) + section("route", layers=-1, groups=2, group_id=1)
        text += conv(width // 2) + conv(width // 2) + section("route", layers="-1,-2") + conv(width, 1)
        text += section("route", layers="-6,-1") + pool()
    text += conv(512) + conv(256, 1) + conv(512) + _yolo("3,4,5", 6)
    text += section("route", layers=-4) + conv(128, 1) + section("upsample", stride=2)
    return text + section("route", layers="-1, 23") + conv(256) + _yolo("1,2,3", 6)


NETWORKS = {
    "darknet19": darknet19,
    "tiny_yolo_v2": tiny_yolo_v2,
    "yolo_v3": yolo_v3,
    "yolo_v3_tiny": yolo_v3_tiny,
    "yolo_v4_tiny": yolo_v4_tiny,
}
"""Each network by a name."""
