"""The functions that exported code defines for what Keras has no word for, as text."""

from __future__ import annotations

from typing import Final

HELPERS: Final = {
    "squeeze_excite": '''
def squeeze_excite(x, squeeze_channels, activation="relu", gate="sigmoid", name=""):
    """Weighs channels by gates made of their means."""
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Conv2D(squeeze_channels, 1, activation=activation, name=f"{name}.fc1")(y)
    y = layers.Conv2D(x.shape[-1], 1, activation=gate, name=f"{name}.fc2")(y)
    return layers.Multiply()([x, y])
''',
    "LayerScale": '''
class LayerScale(layers.Layer):
    """A learnt factor for each channel."""

    def build(self, shape):
        self.gamma = self.add_weight(shape=shape[-1:], initializer="ones", name="gamma")

    def call(self, x):
        return x * self.gamma
''',
    "local_response_norm": '''
def local_response_norm(x, size, alpha=1e-4, beta=0.75, k=1.0):
    """Divides each value by a power of the squares of `size` neighbouring channels."""
    channels = x.shape[-1]
    aside = [(0, 0)] * (len(x.shape) - 1)
    squares = ops.pad(ops.square(x), (*aside, (size // 2, (size - 1) // 2)))
    total = sum(squares[..., i : i + channels] for i in range(size))
    return x / (k + alpha / size * total) ** beta
''',
    "mean_pool": '''
def mean_pool(x, pool_size, strides, padding):
    """The mean of the values of each window, in which the padding does not count."""
    padding = ((0, 0), *padding, (0, 0))
    total = ops.average_pool(ops.pad(x, padding), pool_size, strides)
    share = ops.average_pool(ops.pad(ops.ones_like(x), padding), pool_size, strides)
    return total / share
''',
    "max_unpool": '''
def max_unpool(x, source, pool_size):
    """Puts values where the maxima of the windows of `source` are, between zeros."""
    size, (height, width, channels) = pool_size, x.shape[1:]
    windows = ops.reshape(source, (-1, height, size, width, size, channels))
    windows = ops.transpose(windows, (0, 1, 3, 5, 2, 4))
    windows = ops.reshape(windows, (-1, height, width, channels, size * size))
    places = ops.one_hot(ops.argmax(windows, axis=-1), size * size, dtype=x.dtype)
    x = ops.expand_dims(x, -1) * places
    x = ops.reshape(x, (-1, height, width, channels, size, size))
    x = ops.transpose(x, (0, 1, 4, 2, 5, 3))
    return ops.reshape(x, (-1, height * size, width * size, channels))
''',
    "pixel_shuffle": '''
def pixel_shuffle(x, factor):
    """Channels as blocks of pixels."""
    height, width, channels = x.shape[1:]
    x = layers.Reshape((height, width, channels // factor**2, factor, factor))(x)
    x = layers.Permute((1, 4, 2, 5, 3))(x)
    return layers.Reshape((height * factor, width * factor, -1))(x)
''',
    "channel_shuffle": '''
def channel_shuffle(x, groups):
    """Takes the channels of all groups in turn."""
    sizes = x.shape[1:-1]
    x = layers.Reshape((*sizes, groups, x.shape[-1] // groups))(x)
    last = len(x.shape) - 1
    x = layers.Permute((*range(1, last - 1), last, last - 1))(x)
    return layers.Reshape((*sizes, x.shape[-1] * x.shape[-2]))(x)
''',
}
"""The text of each, by name."""

_LOADING: Final = '''
NAMES = {
    "kernel": "weight",
    "gamma": "weight",
    "alpha": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
    "depthwise_kernel": "depthwise_weight",
    "pointwise_kernel": "pointwise_weight",
}


def load_weights(model, path):
    """Loads weights by `LAYER.ARRAY`, in PyTorch's layout, from an .npz file."""
    arrays = {name.replace("/", "."): array for name, array in np.load(path).items()}
    for layer in model.layers:
        for variable in layer.weights:
            name = NAMES.get(variable.name, variable.name)
            array = arrays.get(f"{layer.name}.{name}", arrays.get(layer.name))
            shape = tuple(variable.shape)
            depthwise = type(layer).__name__.startswith("DepthwiseConv")
            if (depthwise and name == "weight") or name == "depthwise_weight":
                array = np.moveaxis(array.reshape(*shape[-2:], *array.shape[2:]), 1, -1)
                array = np.moveaxis(array, 0, -2)
            elif variable.name in ("kernel", "pointwise_kernel"):
                array = np.moveaxis(array, (0, 1), (-1, -2))
            variable.assign(array.reshape(shape))
'''

_ADAPTED: Final = """        if isinstance(layer, layers.Normalization):
            layer.finalize_state()
"""

_RECURRENT: Final = '''
def load_recurrence(layer, arrays):
    """Loads a recurrent layer; only a GRU keeps the biases of inputs and states apart."""
    ways = {"": layer}
    if isinstance(layer, layers.Bidirectional):
        ways = {"": layer.forward_layer, "_reverse": layer.backward_layer}
    for end, each in ways.items():
        is_gru = isinstance(each, layers.GRU)
        found = {}
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            array = arrays.get(f"{layer.name}.{name}_l0{end}")
            if array is None:
                array = np.zeros_like(found["weight_ih"][:, 0])
            elif is_gru:
                reset, update, new = np.split(array, 3)
                array = np.concatenate([update, reset, new])
            found[name] = array
        kernel, recurrent, *bias = each.weights
        kernel.assign(found["weight_ih"].T)
        recurrent.assign(found["weight_hh"].T)
        for variable in bias:
            both = [found["bias_ih"], found["bias_hh"]]
            variable.assign(np.stack(both) if len(variable.shape) > 1 else sum(both))
'''

_RECURRENCES: Final = """        if isinstance(layer, (layers.Bidirectional, layers.RNN)):
            load_recurrence(layer, arrays)
            continue
"""


def loading(*, is_adapted: bool, is_recurrent: bool) -> str:
    """The functions that load weights.

    A layer that is adapted to data computes with its statistics only after they are told to be whole.
    """
    text = _LOADING + (_ADAPTED if is_adapted else "")
    if not is_recurrent:
        return text.strip("\n")
    start = "    for layer in model.layers:\n"
    names, load = text.replace(start, start + _RECURRENCES).split("\n\n\n", 1)
    return "\n\n\n".join(part.strip("\n") for part in (names, _RECURRENT, load))
