"""What options of other programs are here that no option of a layer's class is another name of.

Most belong to training, or to how a program computes; others stand elsewhere in a spec, or are a value of an option.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnncalc.layers.base import Layer

UNCHANGED: Final = "it changes no figure here: leave it out"

_CHANNELS: Final = "its axis is the channels; `data_format: channels_last` at the top of the spec has them last"
_PER_AXIS: Final = "a list has one value an axis, the height first: "

ANYWHERE: Final = {
    UNCHANGED: "name_scope scope variable_scope reuse lr lr_mult lr_multiplier lr_scale learning_rate decay_mult"
    " weight_decay param params_lr loss_weight propagate_down dynamic stateful implementation engine cudnn_enable"
    " cudnn_enabled cudnn_off cudnn_tune use_cudnn_on_gpu workspace force_nd_im2col storage_order layout lora_rank"
    " lora_alpha quantization_config regularizer constraint weight_regularizer w_regularizer b_regularizer"
    " weights_regularizer kernel_quantizer adam updates_collections outputs_collections consumed_inputs"
    " stash_type allowzero is_test training is_training fused virtual_batch_size synchronized_batch_norm adjustment"
    " moving_average_fraction use_global_stats running_average_decay stabilize_grad memory_format input_length"
    " mask_zero supports_masking compute_dtype variable_dtype losses conv_cfg init_cfg unroll unit_forget_bias"
    " zero_output_for_mask max_norm norm_type scale_grad_by_freq maxpool_zero_pad flipped rank",
    "it follows from what arrives; `expect` at the top of the spec holds a layer to its `output_shape`": "output_shape"
    " out_shape",
    "no layer has a type of its own: `--dtype` is that of all": "dtype data_type out_type precision",
    "`name` is what later layers take by `from`": "top id label layer_name tag",
    "what an entry does only sometimes stands in its `when: =...`": "include exclude phase enabled",
    "a comment stands behind `#`": "description comment note doc",
    "it is `trainable: false` for weights that are frozen": "requires_grad frozen freeze stopbackward",
    "there is no quantisation here": "binary xnor quantize bits",
}
"""What is told of a word on any layer."""

_CENTRES: Final = "it is as in PyTorch: pixels have their centres half a pixel in, or `align_corners: true`"

_WINDOWED: Final = {
    f"{_PER_AXIS}kernel_size: [3, 5]": "kernel_h kernel_w kernel_height kernel_width size_x size_y pool_h pool_w",
    f"{_PER_AXIS}stride: [2, 1]": "stride_h stride_w stride_x stride_y",
    f"{_PER_AXIS}padding: [0, 2]": "pad_h pad_w pad_height pad_width",
    f"{_PER_AXIS}dilation: [1, 2]": "dilation_h dilation_w",
    "it is `padding`: `same` for SAME_UPPER, `same_lower` for SAME_LOWER, or `valid`": "auto_pad auto_padding",
    "it is `padding`, a pair an axis: padding: [[0, 1], [0, 1]]": "explicit_paddings pad_l pad_r pad_t pad_b"
    " padding_left padding_right padding_top padding_bottom",
    _CHANNELS: "axis",
}
_CONVOLUTIONAL: Final = {
    **_WINDOWED,
    "`bias: false` leaves it out": "no_bias without_bias",
    "write it as a layer after this one: - batch_norm": "norm_cfg normalizer_fn normalizer",
}
_POOLS: Final = {
    **_WINDOWED,
    "it is called `ceil_mode` here": "round_mode pooling_convention",
    "the type says it: `max_pool`, `avg_pool`, `lp_pool`": "pool_type pool_method mode",
    "write `global_max_pool` or `global_avg_pool`": "global_pooling global_pool global",
}
_DENSE_POOLS: Final = {**_POOLS, "its window has no holes: leave it out": "dilation dilations dilation_rate"}
_NORMS: Final = {
    _CHANNELS: "axis axes spatial begin_norm_axis",
    UNCHANGED: "decay renorm renorm_clipping renorm_momentum",
    "`weight: false` leaves gamma out": "fix_gamma no_scale",
}
_MERGES: Final = {
    "the type says it: `add`, `multiply`, `maximum`, `average` or `concat`": "operation op mode merge_mode",
    "write `scale: {factor: 0.5}` before it": "coeff coefficients alpha weights",
    "`from` names what a layer takes: from: [previous, NAME]": "layers from_layers",
}

_RECURRENT: Final = {
    "`output: last` gives the final state": "return_state return_final_state",
    "write `flip: {dim: 1}` before it": "go_backwards reverse",
    "`output: sequence` is true, and the default here, `output: last` false, the default in Keras": "return_sequences"
    " return_sequence",
    "features come first, as C x L, and no shape has a batch; `dim: -1` has features last": "time_major batch_first",
}

OF_TYPE: Final = {
    "conv": _CONVOLUTIONAL,
    "conv_transpose": _CONVOLUTIONAL,
    "depthwise_conv": _CONVOLUTIONAL,
    "separable_conv": _CONVOLUTIONAL,
    "deform_conv": _CONVOLUTIONAL,
    "locally_connected": _CONVOLUTIONAL,
    "max_pool": _POOLS,
    "min_pool": _POOLS,
    "avg_pool": {**_DENSE_POOLS, "it is `count_include_pad: false`": "count_exclude_pad exclude_pad exclusive"},
    "lp_pool": _DENSE_POOLS,
    "batch_norm": _NORMS,
    "group_norm": _NORMS,
    "instance_norm": _NORMS,
    "add": _MERGES,
    "subtract": _MERGES,
    "multiply": _MERGES,
    "maximum": _MERGES,
    "minimum": _MERGES,
    "average": _MERGES,
    "concat": {"`from` names what a layer takes: from: [previous, NAME]": "layers from_layers"},
    "linear": {
        "`weight` is (out, in) always": "transpose transa transb trans_a trans_b transpose_a transpose_b",
        "write `scale: {factor: 0.5}` behind it": "alpha",
        "`bias: false` leaves it out": "beta no_bias",
        "write `flatten` before it": "flatten flatten_input",
    },
    "local_response_norm": {
        "`size` is all of them: 2 depth_radius + 1": "depth_radius",
        "it is across channels; within one there is none": "norm_region",
    },
    "dropout": {"`p` is what is dropped: 1 - keep_prob": "keep_prob keep_probability"},
    "upsample": {
        _CENTRES: "coordinate_transformation_mode half_pixel_centers half_pixel sample_type",
        "`mode` says it: `nearest` rounds down, `nearest-exact` goes by the centres": "nearest_mode",
        "it is as in PyTorch: a = -0.75, beyond the ends lies the value there": "cubic_coeff_a exclude_outside"
        " extrapolation_value fill_mode fill_value",
        "it is `size: [height, width]`": "height width output_height output_width out_h out_w",
        "it is of pictures of other proportions: `crop` or `pad` beside it": "crop_to_aspect_ratio"
        " pad_to_aspect_ratio preserve_aspect_ratio keep_aspect_ratio_policy",
        "with `size` instead of `scale_factor` places follow from the sizes": "recompute_scale_factor",
    },
    "crop": {
        "`padding: [[2, 1], [0, 3]]` cuts before and after each axis": "offset offsets offset_height"
        " offset_width top_left",
        "it is `size: [height, width]`": "crop_width crop_height crop_w crop_h target_height target_width",
        UNCHANGED: "flip angle saturation exposure shift",
    },
    "relu": {
        "write `leaky_relu: {negative_slope: 0.01}`": "negative_slope alpha leakiness",
        "write `relu6`, or `hardtanh: {min_val: 0, max_val: 6}`": "max_value clip_value",
        "write `threshold`": "threshold theta",
    },
    "squeeze_excite": {
        "it is a number of channels: `squeeze_channels: =in_channels // 16`": "reduction reduction_ratio ratio r"
        " rd_ratio se_ratio rd_divisor squeeze_factor squeeze_ratio",
        "it is called `scale_activation` here": "gate gate_activation gate_fn gate_act recalibration_activation",
    },
    "scale": {_CHANNELS: "axis num_axes"},
    "reshape": {"`flatten` and `unflatten` change some of the axes alone": "num_axes axis"},
    **dict.fromkeys(("lstm", "gru", "rnn", "conv_lstm"), _RECURRENT),
    "softmax": {
        "write `scale: {factor: 0.5}` before it": "temperature beta",
        "`reshape` before it puts groups on an axis": "groups tree",
    },
}
"""What is told of a word on layers of one type."""


def other_option_hint(word: str, kind: type[Layer]) -> str | None:
    """What an option of other programs is here, on a layer of that type; None where nothing is known of it.

    >>> from cnncalc.layers import LAYERS
    >>> other_option_hint("lr_mult", LAYERS["conv"])
    'it changes no figure here: leave it out'
    >>> other_option_hint("keep_prob", LAYERS["dropout"])
    '`p` is what is dropped: 1 - keep_prob'
    """
    plain = word.lower()
    for table in (OF_TYPE.get(kind.type_name, {}), ANYWHERE):
        for advice, words in table.items():
            if plain in words.split():
                return advice
    return None
