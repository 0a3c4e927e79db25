"""Tensors in files: NumPy's .npy, and images as .png.

An image is read as values from 0 to 1, with as many channels as the network takes, and written from such values,
rounded to 256 steps and clipped. Axes are in the order in which the spec writes shapes.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from cnncalc.errors import CnncalcError, shape_text

if TYPE_CHECKING:
    from types import ModuleType

    from cnncalc.layout import Layout

MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
"""What Pillow calls an image with so many channels."""
IMAGE_ENDING: Final = ".png"


def read(path: str, channels: int | None, layout: Layout) -> Any:
    """The array of a file; an image has as many channels as are wanted, or its own."""
    return _read_image(path, channels, layout) if path.lower().endswith(IMAGE_ENDING) else _read_array(path)


def write(file: BinaryIO, form: str, array: Any, layout: Layout) -> None:
    """Write an array as `npy` or `png`; into an image without a batch axis."""
    sink = file if file.seekable() else BytesIO()  # NumPy asks where it is in a file, which a pipe does not know
    if form == "png":
        _image(array, layout).save(sink, "PNG")
    else:
        np.save(sink, array)
    if isinstance(sink, BytesIO):
        file.write(sink.getbuffer())
    file.flush()


def _read_array(path: str) -> Any:
    """An array from an .npy file, mapped so that a false header cannot take memory."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise CnncalcError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, EOFError, OverflowError, SyntaxError, TypeError, MemoryError) as error:
        hint = "numpy.save writes such a file"
        raise CnncalcError(f"{path} is not an .npy file of numbers: {error}", hint=hint) from None


def _pillow() -> ModuleType:
    try:
        from PIL import Image
    except ImportError:
        hint = "pip install 'cnncalc[image]', or give an .npy file"
        raise CnncalcError("images need Pillow, which is not installed", hint=hint) from None
    return Image


def _read_image(path: str, channels: int | None, layout: Layout) -> Any:
    images = _pillow()
    if channels is not None and channels not in MODES:
        raise CnncalcError(f"an image has 1 to 4 channels, and the network takes {channels}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", images.DecompressionBombWarning)
            with images.open(path) as image:
                mode = MODES[channels] if channels else "RGB"
                pixels = np.asarray(image.convert(mode), np.float32) / 255
    except (images.DecompressionBombWarning, images.DecompressionBombError):
        raise CnncalcError(f"{path} has more than {images.MAX_IMAGE_PIXELS:,} pixels") from None
    except images.UnidentifiedImageError:
        raise CnncalcError(f"{path} is not an image") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise CnncalcError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
    if pixels.ndim == 2:
        pixels = pixels[:, :, np.newaxis]
    return pixels if layout.channels_last else np.moveaxis(pixels, -1, 0)


def check_image(shape: tuple[int, ...], layout: Layout) -> None:
    """Raise `CnncalcError` if an array of this shape is no image, or there is nothing to write one with."""
    _pillow()
    single = shape[1:] if len(shape) == 4 and shape[0] == 1 else shape
    if len(single) != 3 or single[-1 if layout.channels_last else 0] not in MODES:
        told = shape_text(shape)
        raise CnncalcError(f"an image has 1 to 4 channels and two axes, and the output is {told}", hint="write .npy")


def _image(array: Any, layout: Layout) -> Any:
    """The picture of an array that `check_image` has let pass."""
    single = array[0] if array.ndim == 4 else array
    pixels = single if layout.channels_last else np.moveaxis(single, 0, -1)
    steps = np.clip(np.rint(np.nan_to_num(pixels) * 255), 0, 255).astype(np.uint8)
    return _pillow().fromarray(steps[:, :, 0] if steps.shape[-1] == 1 else steps, MODES[steps.shape[-1]])
