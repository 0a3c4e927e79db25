"""Options of Keras, PyTorch, Caffe, darknet, TensorFlow and ONNX: where they stand, or that they change nothing."""

from __future__ import annotations

import re

import pytest

import cnncalc
from cnncalc.layers import LAYERS, find
from cnncalc.spec.advice.other_options import ANYWHERE, OF_TYPE, other_option_hint
from tests.rows import every_row

TRAINED = """
name_scope activity_regularizer autocast batch_size data_format lr_mult decay_mult weight_decay learning_rate param
loss_weight propagate_down device inplace dtype sparse seed stateful implementation engine kernel_regularizer
bias_regularizer kernel_constraint bias_constraint use_cudnn_on_gpu lora_rank quantization_config momentum
"""
"""What belongs to training, or to how a program computes, on a layer of any kind."""

WINDOWED = """
strides pad_h pad_w kernel_h kernel_w stride_h stride_w kernel_shape pads auto_pad dilations ksize axis
input_shape batch_input_shape input_dim bottom top include phase output_shape id description
"""

ASKED = {
    "conv2d: {out_channels: 8, kernel_size: 3": f"""
        {TRAINED} {WINDOWED} filters rank dilation_rate use_bias kernel_initializer bias_initializer num_output
        bias_term pad group weight_filler bias_filler force_nd_im2col size batch_normalize explicit_paddings
        num_filter num_filters no_bias num_group workspace cudnn_tune layout norm_cfg act_cfg conv_cfg norm_layer
        activation_layer kernel weight_init bias_init regularizer constraint initializer nonlinearity w_init b_init
        binary xnor adam flipped stopbackward""",
    "conv_transpose2d: {out_channels: 8, kernel_size: 3": f"{TRAINED} {WINDOWED} filters adj target_shape use_bias",
    "max_pool2d: {kernel_size: 2": f"{WINDOWED} pool_size global_pooling round_mode storage_order size pool_type"
    " pooling_convention maxpool_zero_pad",
    "avg_pool2d: {kernel_size: 2": f"{WINDOWED} pool_size count_exclude_pad exclude_pad",
    "linear: {out_features: 8, dim: 0": f"{TRAINED} units use_bias num_output bias_term transpose transA transB alpha"
    " beta num_hidden flatten axis kernel_initializer",
    "batch_norm: {": f"{TRAINED} axis epsilon center scale gamma_initializer moving_mean_initializer renorm fused"
    " virtual_batch_size training use_global_stats moving_average_fraction decay updates_collections scope spatial"
    " is_test fix_gamma synchronized variance_epsilon is_training consumed_inputs",
    "layer_norm: {": "axis epsilon center scale elementwise_affine stash_type",
    "local_response_norm: {size: 5": "local_size depth_radius bias norm_region n nsize knorm",
    "dropout: {": "rate noise_shape seed dropout_ratio prob probability keep_prob ratio",
    "reshape: {shape: [-1]": "target_shape dims new_shape allowzero num_axes",
    "permute: {dims: [0, 1, 2]": "order perm axes",
    "upsample: {scale_factor: 2": "interpolation recompute_scale_factor coordinate_transformation_mode nearest_mode"
    " cubic_coeff_a exclude_outside extrapolation_value crop_to_aspect_ratio height width zoom_factor"
    " half_pixel_centers preserve_aspect_ratio",
    "pad: {padding: 1": "pads paddings constant_value constant_values",
    "crop: {padding: 1": "cropping offset crop_width crop_height flip angle saturation exposure",
    "lstm: {hidden_size: 4": f"{TRAINED} units return_sequences return_state go_backwards batch_first time_major",
    "relu: {": f"{TRAINED} negative_slope max_value threshold",
    "leaky_relu: {": "alpha slope inplace",
    "softmax: {": "axis temperature groups tree",
    "concat: {from: [previous, input]": "axis concat_dim layers",
    "add: {from: [previous, input]": "coeff operation stabilize_grad layers",
    "squeeze_excite: {squeeze_channels: 4": "reduction rd_ratio se_ratio gate_activation rd_channels gate_layer",
    "prelu: {": "requires_grad frozen init num_parameters",
    "scale: {": "axis num_axes bias_term",
}
"""Options by the entries that are given them."""


@pytest.mark.parametrize("entry", ASKED)
def test_options_of_other_programs_are_told(entry: str) -> None:
    """None of them is guessed at, and none is answered by a list of what there is."""
    found = find(entry.partition(":")[0])
    assert found is not None
    for word in set(ASKED[entry].split()) - set(found[0].options):
        comma = "" if entry.endswith("{") else ", "
        with pytest.raises(cnncalc.CnncalcError) as caught:
            cnncalc.load(f"input: 3x8x8\nlayers:\n  - identity\n  - {entry}{comma}{word}: 1}}\n")
        hint = caught.value.hint or ""
        assert hint, word
        assert not hint.startswith(("did you mean", "options:", "it takes no options")), (word, hint)


@every_row(
    ("kind", "word", "hint"),
    [
        ("conv", "lr_mult", "it changes no figure here: leave it out"),
        ("conv", "kernel_h", "a list has one value an axis, the height first: kernel_size: [3, 5]"),
        ("local_response_norm", "depth_radius", "`size` is all of them: 2 depth_radius + 1"),
        ("dropout", "keep_prob", "`p` is what is dropped: 1 - keep_prob"),
        ("relu", "max_value", "write `relu6`, or `hardtanh: {min_val: 0, max_val: 6}`"),
        ("relu", "dtype", "no layer has a type of its own: `--dtype` is that of all"),
        ("max_pool", "global_pooling", "write `global_max_pool` or `global_avg_pool`"),
        (
            "lstm",
            "return_sequences",
            "`output: sequence` is true, and the default here, `output: last` false, the default in Keras",
        ),
        ("gru", "batch_first", "features come first, as C x L, and no shape has a batch; `dim: -1` has features last"),
        ("squeeze_excite", "reduction", "it is a number of channels: `squeeze_channels: =in_channels // 16`"),
        ("relu", "nonsense", None),
    ],
)
def test_what_is_told(kind: str, word: str, hint: str | None) -> None:
    assert other_option_hint(word, LAYERS[kind]) == hint


def test_no_word_is_an_option_of_ours_or_another_name_of_one() -> None:
    """What becomes an option of a type leaves the table of that type."""
    for name in OF_TYPE.keys() & LAYERS.keys():
        table = OF_TYPE[name]
        words = [word for words in table.values() for word in words.split()]
        assert len(set(words)) == len(words), name
        options = LAYERS[name].options
        aliases = {alias for known in options.values() for alias in known.aliases}
        assert set(words) & (set(options) | aliases) == set(), name


def test_types_that_are_advised_are_there() -> None:
    advice = " ".join([*ANYWHERE, *(advice for table in OF_TYPE.values() for advice in table)])
    written = re.findall(r"(?:write|or) `(\w+)[:`]", advice)
    assert len(written) > 8
    assert [word for word in written if word not in LAYERS and word != "valid" and word not in _OPTIONS] == []


_OPTIONS = {name for kind in LAYERS.values() for name in kind.options}
