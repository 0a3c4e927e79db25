"""Photographs that units look at: turned upright, made small, and without what a camera writes beside them."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Final

import numpy as np

from cnncalc.interchange.arrays import FORMATS, check_image, decoding_errors, pillow

if TYPE_CHECKING:
    from PIL.Image import Image

MEDIA_TYPE: Final = "image/jpeg"
"""What kind of file a photograph is made to."""

QUALITY: Final = 82
"""That of JPEG, at which photographs show no blocks."""


def read(path: str | os.PathLike[str], longest: int) -> bytes:
    """The picture in a file, PNG or JPEG, as the bytes of a JPEG file of at most so many pixels along each side.

    Raises `CnncalcError` where there is none, and where Pillow is not installed.
    """
    images = pillow(", or leave --picture out")
    from PIL import ImageOps

    name = os.fspath(path)
    check_image(name)
    with decoding_errors(name), images.open(name, formats=FORMATS) as image:
        image.draft("RGB", (longest, longest))
        upright = _of_8_bits(ImageOps.exif_transpose(image))
        upright.thumbnail((longest, longest))
        colours = upright.convert("RGBA")
    paper = images.new("RGB", colours.size, "white")
    paper.paste(colours, mask=colours.getchannel("A"))
    file = io.BytesIO()
    paper.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


def _of_8_bits(image: Image) -> Image:
    """A picture whose values have 8 bits: of 16 the upper ones, which Pillow would clip."""
    if not image.mode.startswith("I"):
        return image
    found: Image = pillow().fromarray((np.asarray(image) // 256).astype(np.uint8))
    return found
