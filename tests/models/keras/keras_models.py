"""Models made with Keras, and what Keras says of them: run by hand where Keras is, and recorded for the tests.

``KERAS_BACKEND=tensorflow python -m tests.models.keras.keras_models`` writes `tests/reference/keras_models.tar.xz`: of
each model its JSON, and a line a layer with name, class, output shape at the sizes given, and the numbers of trainable
and other values; and `keras_values.tar.xz`: of each small model the file that Keras saves, with drawn weights, and some
values of its outputs.
"""

from __future__ import annotations

import io
import json
import tarfile
from importlib import import_module
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REFERENCE: Final = Path(__file__).parents[2] / "reference"
ARCHIVE: Final = REFERENCE / "keras_models.tar.xz"
VALUES: Final = REFERENCE / "keras_values.tar.xz"
IN_HDF5: Final = ("nested", "operations", "sequences", "straight")
"""The small models that are saved as HDF5 too."""

APPLICATIONS: Final = (
    *("MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "VGG16", "ResNet50", "ResNet50V2"),
    *("DenseNet121", "InceptionV3", "InceptionResNetV2", "Xception", "NASNetMobile", "EfficientNetB0"),
    *("EfficientNetV2B0", "ConvNeXtTiny"),
)


def small_models(keras: Any) -> Iterator[tuple[str, Any]]:
    """Small models that together have every class and every way of calling it that is translated."""
    for name, make in SMALL.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        yield name, make(keras, keras.layers)


def _convolutions(keras: Any, layers: Any) -> Any:
    x = image = keras.Input((20, 24, 3), name="image")
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu", name="conv")(x)
    x = layers.Conv2D(8, (1, 3), groups=2, dilation_rate=2, use_bias=False, name="grouped")(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="swish", name="depthwise")(x)
    x = layers.SeparableConv2D(6, 3, padding="same", activation="leaky_relu", name="separable")(x)
    x = layers.Conv2DTranspose(5, 3, strides=2, padding="same", name="transposed")(x)
    x = layers.Conv2DTranspose(4, 2, strides=3, name="transposed_valid")(x)
    x = layers.Conv2DTranspose(4, 3, strides=2, padding="same", output_padding=1, name="transposed_padded")(x)
    return keras.Model(image, x, name="convolutions")


def _pools(keras: Any, layers: Any) -> Any:
    image = keras.Input((17, 15, 4), name="image")
    a = layers.MaxPooling2D(name="max")(image)
    b = layers.AveragePooling2D(3, strides=2, padding="same", name="average")(image)
    c = layers.MaxPooling2D((2, 3), strides=(1, 2), padding="same", name="max_same")(image)
    kept = layers.GlobalAveragePooling2D(keepdims=True, name="kept")(image)
    return keras.Model(
        image,
        [
            *(a, b, c, kept, layers.GlobalMaxPooling2D(name="global_max")(image)),
            *(
                layers.ZeroPadding2D(((1, 2), (0, 3)), name="padded")(image),
                layers.Cropping2D(2, name="cropped")(image),
            ),
            layers.UpSampling2D((2, 3), name="nearest")(image),
            layers.UpSampling2D(2, interpolation="bilinear", name="bilinear")(image),
            layers.Resizing(9, 20, name="resized")(image),
            layers.Resizing(9, 20, interpolation="nearest", name="resized_nearest")(image),
            layers.CenterCrop(8, 9, name="center")(image),
        ],
        name="pools",
    )


def _norms(keras: Any, layers: Any) -> Any:
    x = image = keras.Input((6, 7, 8), name="image")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescaled")(x)
    x = layers.Normalization(mean=[0.5] * 8, variance=[0.04 * n for n in range(1, 9)], name="normalized")(x)
    x = layers.BatchNormalization(axis=3, name="batch")(x)
    x = layers.BatchNormalization(center=False, scale=False, name="batch_plain")(x)
    x = layers.LayerNormalization(name="layer")(x)
    x = layers.LayerNormalization(axis=[1, 2, 3], name="layer_whole")(x)
    x = layers.GroupNormalization(4, name="group")(x)
    x = layers.GroupNormalization(-1, name="instance")(x)
    x = layers.UnitNormalization(name="unit")(x)
    return keras.Model(image, x, name="norms")


def _activations(keras: Any, layers: Any) -> Any:
    x = image = keras.Input((5, 6, 4), name="image")
    for name in ("elu", "selu", "gelu", "silu", "mish", "softplus", "softsign", "tanh", "sigmoid", "hard_sigmoid"):
        x = layers.Activation(name, name=f"a_{name}")(x)
    for name in ("relu6", "exponential", "hard_silu", "log_sigmoid", "leaky_relu", "linear"):
        x = layers.Activation(name, name=f"a_{name}")(x)
    x = layers.ReLU(max_value=6, name="relu_6")(x)
    x = layers.ReLU(max_value=3, name="relu_3")(x)
    x = layers.LeakyReLU(0.2, name="leaky")(x)
    x = layers.PReLU(shared_axes=[1, 2], name="prelu_shared")(x)
    x = layers.PReLU(name="prelu")(x)
    x = layers.ELU(0.5, name="elu_half")(x)
    x = layers.Softmax(axis=-1, name="softmax")(x)
    x = layers.Softmax(axis=2, name="softmax_width")(x)
    x = layers.Conv2D(3, 1, activation=layers.LeakyReLU(0.1), name="conv")(x)
    return keras.Model(image, x, name="activations")


def _merges(keras: Any, layers: Any) -> Any:
    image = keras.Input((6, 6, 4), name="image")
    gate = keras.Input((4,), name="gate")
    one = layers.Conv2D(4, 1, name="one")(image)
    two = layers.Conv2D(4, 3, padding="same", name="two")(image)
    outputs = [
        getattr(layers, kind)(name=kind.lower())([one, two])
        for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
    ]
    outputs.append(layers.Concatenate(axis=1, name="rows")([one, two]))
    outputs.append(layers.Multiply(name="gated")([one, gate]))
    return keras.Model([image, gate], outputs, name="merges")


def _shapes(keras: Any, layers: Any) -> Any:
    image = keras.Input((4, 6, 3), name="image")
    flat = layers.Flatten(name="flat")(image)
    back = layers.Reshape((6, -1, 2), name="back")(flat)
    turned = layers.Permute((3, 1, 2), name="turned")(back)
    dense = layers.Dense(5, activation="softmax", name="dense")(flat)
    rows = layers.Dense(7, name="rows")(turned)
    repeated = layers.RepeatVector(3, name="repeated")(dense)
    return keras.Model(image, [layers.Flatten(name="last")(rows), repeated], name="shapes")


def _sequences(keras: Any, layers: Any) -> Any:
    words = keras.Input((12,), name="words", dtype="int32")
    x = layers.Embedding(30, 8, mask_zero=True, name="embedding")(words)
    x = layers.SpatialDropout1D(0.1, name="dropped")(x)
    x = layers.Conv1D(10, 3, padding="causal", activation="relu", name="conv")(x)
    x = layers.MaxPooling1D(2, name="pool")(x)
    a = layers.LSTM(5, return_sequences=True, name="lstm")(x)
    b = layers.GRU(5, name="gru")(a)
    c = layers.Bidirectional(layers.LSTM(4), name="both")(x)
    d = layers.SimpleRNN(3, name="plain")(x)
    e = layers.RNN(layers.LSTMCell(4), name="cell")(x)
    f = layers.GRU(5, reset_after=False, name="gru_before")(x)
    return keras.Model(words, layers.Concatenate(name="joined")([b, c, d, e, f]), name="sequences")


def _steps(keras: Any, layers: Any) -> Any:
    film = keras.Input((5, 12, 12, 3), name="film")
    x = layers.TimeDistributed(layers.Conv2D(4, 3, activation="relu"), name="conv")(film)
    x = layers.TimeDistributed(layers.MaxPooling2D(2), name="pool")(x)
    x = layers.TimeDistributed(layers.BatchNormalization(), name="norm")(x)
    y = layers.TimeDistributed(layers.GlobalAveragePooling2D(), name="means")(x)
    x = layers.TimeDistributed(layers.Flatten(), name="flat")(x)
    x = layers.TimeDistributed(layers.Dense(6), name="dense")(x)
    z = layers.ConvLSTM2D(3, 3, name="conv_lstm")(film)
    encoder = keras.Sequential(
        [layers.Conv2D(2, 3, strides=2), layers.Activation("relu"), layers.GlobalMaxPooling2D()], name="encoder"
    )
    w = layers.TimeDistributed(encoder, name="encoded")(film)
    return keras.Model(film, [x, y, z, w], name="steps")


def _attention(keras: Any, layers: Any) -> Any:
    tokens = keras.Input((9, 16), name="tokens")
    context = keras.Input((7, 12), name="context")
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(tokens)
    x = layers.MultiHeadAttention(4, 4, name="self_attention")(x, x)
    x = layers.Add(name="sum")([x, tokens])
    x = layers.MultiHeadAttention(2, 5, value_dim=3, name="cross")(x, context, use_causal_mask=False)
    x = layers.Dense(8, activation="gelu", name="mlp")(x)
    return keras.Model([tokens, context], layers.GlobalAveragePooling1D(name="pool")(x), name="attention")


def _nested(keras: Any, layers: Any) -> Any:
    first, second = keras.Input((8, 8, 3), name="first"), keras.Input((8, 8, 3), name="second")
    inner = keras.Input((8, 8, 3))
    features = keras.Model(inner, layers.Conv2D(4, 3, name="conv")(inner), name="features")
    features.trainable = False
    head = keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(5, name="fc")], name="head")
    both = [head(features(first)), head(features(second))]
    shared = layers.Dense(5, name="shared")
    both = [shared(both[0]), shared(both[1])]
    return keras.Model([first, second], layers.Concatenate(name="joined")(both), name="nested")


def _operations(keras: Any, layers: Any) -> Any:
    ops = keras.ops
    image = keras.Input((6, 8, 4), name="image")
    x = layers.Conv2D(4, 1, name="conv")(image)
    x = ops.relu(x * 2.0 + 1.0 - 0.5) / 3.0
    x = 1.0 - x
    gate = ops.mean(x, axis=[1, 2], keepdims=True)
    y = ops.sigmoid(gate) * x
    cut = y[:, 1:, ::2, :]
    one = y[:, 0, :, None, :]
    left, right = ops.split(y, 2, axis=-1)
    turned = ops.transpose(y, (0, 3, 1, 2))
    flat = ops.reshape(turned, (-1, 4, 48))
    summed = ops.sum(y, axis=-1)
    joined = ops.concatenate([left, right], axis=1)
    stacked = ops.stack([left, right], axis=1)
    raised = ops.expand_dims(ops.max(y, axis=1), 2)
    return keras.Model(
        image,
        [
            *(cut, one, flat, summed, joined, ops.reshape(stacked, (-1, 2, 96)), raised),
            *(ops.softmax(ops.clip(y, -1.0, 1.0), axis=1), ops.squeeze(gate, axis=1), ops.gelu(y)),
            ops.matmul(flat, ops.transpose(flat, (0, 2, 1))),
        ],
        name="operations",
    )


def _volumes(keras: Any, layers: Any) -> Any:
    x = volume = keras.Input((6, 8, 8, 2), name="volume")
    x = layers.Conv3D(4, 3, padding="same", activation="relu", name="conv")(x)
    x = layers.MaxPooling3D((1, 2, 2), name="pool")(x)
    x = layers.Conv3DTranspose(3, 2, strides=2, name="transposed")(x)
    x = layers.UpSampling3D((1, 2, 1), name="up")(x)
    x = layers.ZeroPadding3D(1, name="padded")(x)
    x = layers.Cropping3D(((0, 1), (1, 1), (2, 0)), name="cropped")(x)
    return keras.Model(volume, layers.GlobalAveragePooling3D(name="means")(x), name="volumes")


def _statistics(keras: Any, layers: Any) -> Any:
    """Statistics over some axes of a map, the channels among them or not."""
    x = image = keras.Input((6, 8, 4), name="image")
    x = layers.LayerNormalization(axis=[1, 2], name="over_pixels")(x)
    x = layers.LayerNormalization(axis=[1, 2, 3], name="over_all")(x)
    return keras.Model(image, [x, keras.ops.var(x, axis=(1, 2)), keras.ops.std(x, axis=1)], name="statistics")


def _straight(keras: Any, layers: Any) -> Any:
    return keras.Sequential(
        [
            *(keras.Input((28, 28, 1), name="digits"), layers.Conv2D(6, 5, padding="same", activation="tanh")),
            *(layers.AveragePooling2D(2), layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2)),
            *(layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax")),
        ],
        name="straight",
    )


SMALL: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "convolutions": _convolutions,
    "pools": _pools,
    "norms": _norms,
    "activations": _activations,
    "merges": _merges,
    "shapes": _shapes,
    "sequences": _sequences,
    "steps": _steps,
    "attention": _attention,
    "nested": _nested,
    "operations": _operations,
    "volumes": _volumes,
    "statistics": _statistics,
    "straight": _straight,
}


def rows(keras: Any, model: Any, prefix: str = "") -> Iterator[str]:
    """What Keras says of each layer at its first call."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from rows(keras, layer, f"{prefix}{layer.name}.")
            continue
        nodes = layer._inbound_nodes
        shape = nodes[0].output_tensors[0].shape[1:] if nodes else ()
        trained, other = (
            sum(int(prod(array.shape)) for array in arrays)
            for arrays in (layer.trainable_weights, layer.non_trainable_weights)
        )
        kind = type(layer).__name__
        yield f"{prefix}{layer.name}\t{kind}\t{'x'.join(map(str, shape))}\t{trained}\t{other}\n"


def _count(arrays: Any) -> int:
    return sum(int(prod(array.shape)) for array in arrays)


def inputs_of(shapes: Sequence[tuple[tuple[int, ...], bool]]) -> list[Any]:
    """Inputs of these shapes, two samples, channels last; whole numbers up to 29 for those that take words."""
    found = []
    for shape, takes_words in shapes:
        generator = np.random.default_rng(3)
        size = (2, *shape)
        drawn = generator.integers(0, 30, size) if takes_words else generator.standard_normal(size)
        found.append(drawn.astype("int32" if takes_words else "float32"))
    return found


def sampled(output: Any) -> Any:
    """Some 300 values of the first sample of an output."""
    first = output[:1]
    return first.ravel()[:: max(1, first.size // 300)]


def _values(model: Any, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a small model whose weights are drawn, and some values of its outputs."""
    for number, variable in enumerate(model.weights):
        drawn = np.random.default_rng(number).standard_normal(variable.shape) * 0.3
        variable.assign((abs(drawn) + 0.5 if "variance" in variable.path else drawn).astype("float32"))
    for ending in ("keras", "h5") if model.name in IN_HDF5 else ("keras",):
        path = folder / f"{model.name}.{ending}"
        model.save(path)
        yield path.name, path.read_bytes()
    shapes = [(tuple(tensor.shape[1:]), tensor.dtype == "int32") for tensor in model.inputs]
    given = inputs_of(shapes)
    found = model.predict(given if len(given) > 1 else given[0], verbose=0)
    outputs = found if isinstance(found, list) else [found]
    stream = io.BytesIO()
    np.savez(stream, **{f"out{number}": sampled(output) for number, output in enumerate(outputs)})
    yield f"{model.name}.npz", stream.getvalue()


def main() -> None:
    """Write the archives."""
    keras = import_module("keras")
    files: dict[str, bytes] = {}
    values: dict[str, bytes] = {}
    for name in APPLICATIONS:
        keras.backend.clear_session()
        make = getattr(keras.applications, name)
        files[f"{name}.json"] = _configuration(make(weights=None))
        keras.backend.clear_session()
        sized = {"input_shape": (224, 224, 3)} if name.startswith("MobileNetV3") else {}
        files[f"{name}.tsv"] = "".join(rows(keras, make(weights=None, **sized))).encode()
    with TemporaryDirectory() as folder:
        for name, model in small_models(keras):
            files[f"{name}.json"] = _configuration(model)
            files[f"{name}.tsv"] = "".join(rows(keras, model)).encode()
            values |= _values(model, Path(folder))
    for archive, contents in ((ARCHIVE, files), (VALUES, values)):
        with tarfile.open(archive, "w:xz", preset=9) as written:
            for name, data in contents.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                written.addfile(member, io.BytesIO(data))


def _configuration(model: Any) -> bytes:
    return json.dumps(json.loads(model.to_json()), separators=(",", ":")).encode()


if __name__ == "__main__":
    main()
