"""The configuration of a Keras model in a file, whichever of its formats it has, within bounds."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from typing import Any, Final, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.models.keras.configs import damaged

MOST_BYTES: Final = 8 * 2**20
"""The longest configuration that is read. NASNet-Large, of 1,243 layers, has 1.5 MB."""
_CONFIG: Final = "config.json"
_METADATA: Final = "metadata.json"
_HDF5: Final = b"\x89HDF\r\n\x1a\n"


class KerasFile(NamedTuple):
    """A model's configuration, the version of Keras that wrote it (empty where unknown), and the kind of file."""

    config: dict[str, Any]
    version: str
    kind: str


def read(path: str) -> KerasFile | None:
    """The configuration in a file; None where it is an archive or JSON of something else; raises `CnncalcError`."""
    with open(path, "rb") as file:
        head = file.read(8)
    if head == _HDF5:
        return _of_hdf5(path)
    return _of_archive(path) if head.startswith(b"PK") else _of_json(path)


def _of_json(path: str) -> KerasFile | None:
    """The model that `model.to_json()` wrote."""
    if os.path.getsize(path) > MOST_BYTES:
        raise _too_long(path)
    with open(path, "rb") as file:
        return _file(_parsed(file.read(), path), "", "JSON", path)


def _of_archive(path: str) -> KerasFile | None:
    """The model in a `.keras` file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if _CONFIG not in names:
                return None
            config = _parsed(_member(archive, _CONFIG, path), path)
            metadata = _parsed(_member(archive, _METADATA, path), path) if _METADATA in names else {}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError) as error:
        raise CnncalcError(f"cannot read {path}: a damaged archive: {error}", code="unreadable") from None
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    return _file(config, str(version or ""), "archive", path)


def _member(archive: zipfile.ZipFile, name: str, path: str) -> bytes:
    """A file in an archive, whose size is not believed."""
    with archive.open(name) as member:
        data = member.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _too_long(path)
    return data


def _of_hdf5(path: str) -> KerasFile:
    """The model in an `.h5` file, whose attribute `model_config` has it."""
    from cnncalc.models.keras.hdf5 import HDF5File
    from cnncalc.models.keras.hdf5_messages import HDF5Error

    try:
        with HDF5File(path) as file:
            attributes = file.root.attributes
            text = attributes.get("model_config")
            version = attributes.get("keras_version")
    except HDF5Error as error:
        raise CnncalcError(f"cannot read {path}: {error}", code="unreadable") from None
    if not isinstance(text, (str, bytes)):
        fact = f"{path} has weights and no configuration of a model"
        hint = "model.save(...) keeps both, save_weights(...) the weights alone"
        raise CnncalcError(fact, hint=hint, code="unreadable")
    if isinstance(version, bytes):
        version = version.decode(errors="replace")
    found = _file(_parsed(text, path), str(version or ""), "HDF5", path)
    if found is None:
        raise damaged(path, "`model_config` is no model")
    return found


def _parsed(text: str | bytes, path: str) -> Any:
    if len(text) > MOST_BYTES:
        raise _too_long(path)
    try:
        return json.loads(text)
    except RecursionError:
        raise damaged(path, "its configuration is nested too deep") from None
    except ValueError as error:
        raise damaged(path, f"its configuration is no JSON: {error}") from None


def _file(config: Any, version: str, kind: str, path: str) -> KerasFile | None:
    """What was read; None where it is no layer of Keras, such as another program's JSON."""
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str) or "config" not in config:
        return None
    layers = config["config"]
    if isinstance(layers, dict) and not isinstance(layers.get("layers"), list):
        class_name = config.get("registered_name") or config["class_name"]
        fact = f"{path} has a {str(class_name)[:80]}, whose layers stand in the code of its class"
        hint = "functional and sequential models can be read: save those that it is made of"
        raise CnncalcError(fact, hint=hint, code="unreadable")
    own = config.get("keras_version")
    return KerasFile(config, version or (own if isinstance(own, str) else ""), kind)


def _too_long(path: str) -> CnncalcError:
    most = MOST_BYTES // 2**20
    return CnncalcError(
        f"{path}: its configuration is longer than {most} MiB, the most that is read", code="unreadable"
    )
