"""Tensors in files: NumPy's .npy, and images as .png or .jpg.

An image is read as values from 0 to 1, with as many channels as the network takes. Axes are in the order in which the
spec writes shapes.
"""

from __future__ import annotations

import os
import stat
import warnings
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from cnncalc.errors import CnncalcError, shape_text
from cnncalc.execution.tensors import Deferred

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from cnncalc.kernels import Array
    from cnncalc.shapes import Layout

MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
"""What Pillow calls an image with so many channels."""
IMAGE_ENDING: Final = ".png"
IMAGE_ENDINGS: Final = (IMAGE_ENDING, ".jpg", ".jpeg")
"""Endings of files that are read as images; the format itself is known by the first bytes."""
ARCHIVE_ENDING: Final = ".npz"
TABLE_ENDINGS: Final = (".csv", ".tsv")
FORMATS: Final = ("PNG", "JPEG")
SIGNATURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
ARRAY: Final = b"\x93NUMPY"
MOST_DECODED: Final = 200_000_000
"""The most bytes that an image may take when it is decoded, before it is converted."""
LONGEST_REASON: Final = 200
"""The most characters of what another program says of a broken file."""
PIXELS_AT_ONCE: Final = 2**20
"""Pixels that are converted at once."""


def read(path: str, channels: int | None, layout: Layout) -> Any:
    """The array of a file, mapped; of an image its shape, with as many channels as are wanted, or its own.

    Only the header is read here; values are read when they are needed.
    """
    by_name = path.lower().endswith(IMAGE_ENDINGS)
    first_bytes = _first_bytes(path)
    if by_name or first_bytes.startswith(SIGNATURES):
        return Picture(path, channels, layout)
    if not first_bytes.startswith(ARRAY):
        fact = f"{path} is neither an .npy file nor a PNG or JPEG image"
        raise CnncalcError(fact, hint="numpy.save writes an .npy file")
    return _read_array(path)


def is_archive(path: str) -> bool:
    """Whether a file is an archive of several arrays, by its first bytes; raises `CnncalcError` where it has none."""
    return _first_bytes(path).startswith(ARCHIVES)


def check_regular(path: str) -> None:
    """Raise `CnncalcError` unless there is such a file, with something in it."""
    _first_bytes(path)


def check_image(path: str) -> None:
    """Raise `CnncalcError` unless there is a regular file with something in it, which is to be an image."""
    _first_bytes(path, "an image", "a PNG or JPEG file has an image")


def _first_bytes(
    path: str, wanted: str = "an .npy file or an image", source: str = "numpy.save writes an .npy file"
) -> bytes:
    """The first bytes of a regular file; raises `CnncalcError` for any other, and for one without bytes.

    Hints say what is `wanted`, and its `source`.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            hint = f"give {wanted}; a pipe has to be saved to a file first"
            raise CnncalcError(f"cannot read {path}: it is not a regular file", hint=hint)
        with open(path, "rb") as file:
            first_bytes = file.read(8)
    except (OSError, ValueError) as error:
        raise CnncalcError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    if not first_bytes:
        raise CnncalcError(f"{path} is empty", hint=source)
    return first_bytes


def write(file: BinaryIO, save: Callable[[BinaryIO], None]) -> None:
    """Write what `save` writes into files, into a pipe too."""
    sink = file if file.seekable() else BytesIO()  # NumPy asks where it is in a file, which a pipe does not know
    save(sink)
    if isinstance(sink, BytesIO):
        file.write(sink.getbuffer())
    file.flush()


def save(file: BinaryIO, array: Array) -> None:
    """Write an array as .npy."""
    np.save(file, array)


def _read_array(path: str) -> Any:
    """An array from an .npy file, mapped so that a false header cannot take memory."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # noqa: BLE001 - NumPy evaluates the header, and may stumble over it in any way
        hint = "numpy.save writes such a file"
        reason = _reason(error) if isinstance(error, (ValueError, OSError)) else "its header cannot be read"
        raise CnncalcError(f"{path} is not an .npy file of numbers: {reason}", hint=hint) from None
    if not isinstance(array, np.ndarray) or min(array.shape, default=1) < 1:
        raise CnncalcError(f"{path} is {shape_text(array.shape)}, which holds no values")
    return array


def _reason(error: Exception) -> str:
    """What an exception says, on one line that is not too long."""
    reason = " ".join(str(getattr(error, "strerror", None) or error).split()) or type(error).__name__
    return "".join(letter if letter.isprintable() else "?" for letter in reason)[:LONGEST_REASON]


def pillow(instead: str = ", or use .npy files") -> ModuleType:
    """Pillow's module of images; raises `CnncalcError` where it is not installed, with what does without it."""
    try:
        from PIL import Image
    except ImportError:
        hint = f"pip install 'cnncalc[image]'{instead}"
        raise CnncalcError("images need Pillow, which is not installed", hint=hint) from None
    return Image


class Picture(Deferred):
    """A PNG or JPEG file as a tensor: its shape is read at once, its values on demand.

    Values run from 0 to 1. `shape` is as the spec orders axes.
    """

    def __init__(self, path: str, channels: int | None, layout: Layout) -> None:
        if channels is not None and channels not in MODES:
            raise CnncalcError(f"an image has 1 to 4 channels, and the network takes {channels}")
        self.path = path
        self.channels = channels or 3
        self.layout = layout
        with decoding_errors(self.path), self._opened() as image:
            width, height = image.size
            decoded = width * height * len(image.getbands()) * (4 if image.mode.startswith("I") else 1)
        if decoded > MOST_DECODED:
            raise CnncalcError(f"{path} has {width} x {height} pixels, too many: it takes {decoded:,} bytes")
        self.shape = layout.external((self.channels, height, width))

    def values(self, dtype: str) -> Array:
        """The values, channels first, converted a strip of rows at a time."""
        channels, height, width = self.layout.internal(self.shape)
        output = np.empty((channels, height, width), dtype)
        rows = max(PIXELS_AT_ONCE // width, 1)
        with decoding_errors(self.path), self._opened() as image:
            image.load()
            for top in range(0, height, rows):
                bottom = min(top + rows, height)
                output[:, top:bottom] = _pixels(image.crop((0, top, width, bottom)), channels)
        return output

    def _opened(self) -> Any:
        return pillow().open(self.path, formats=FORMATS)


@contextmanager
def decoding_errors(path: str) -> Iterator[None]:
    """What Pillow raises of the file of a picture, as `CnncalcError`."""
    images = pillow()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", images.DecompressionBombWarning)
            yield
    except CnncalcError:
        raise
    except (images.DecompressionBombWarning, images.DecompressionBombError):
        raise CnncalcError(f"{path} has more than {images.MAX_IMAGE_PIXELS:,} pixels") from None
    except images.UnidentifiedImageError:
        raise CnncalcError(f"{path} is not an image", hint="it may be a PNG or a JPEG file") from None
    except Exception as error:  # noqa: BLE001 - a broken file may make a decoder stumble in any way
        raise CnncalcError(f"cannot read {path}: {_reason(error)}") from None


def _pixels(image: Any, channels: int) -> Array:
    """Rows of an image as ``(C, rows, width)`` from 0 to 1; Pillow would clip 16 bits to 8 instead of scaling them."""
    if image.mode.startswith("I"):
        grey = np.asarray(image).astype(np.float32) / 65535
        colours = [grey] * (channels - 1 + channels % 2)
        return np.stack(colours if channels % 2 else [*colours, np.ones_like(grey)])
    strip = np.asarray(image.convert(MODES[channels]))
    pixels: Array = (strip[np.newaxis] if strip.ndim == 2 else np.moveaxis(strip, -1, 0)) / np.float32(255)
    return pixels
