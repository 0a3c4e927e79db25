"""Words that other programs and papers have, and no layer type here: what to write instead, or that there is nothing.

Words whose counterpart is one type of ours are `aliases` of its class; `type_hint` knows both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnncalc.errors import did_you_mean
from cnncalc.layers import find, folded, spellings, translate
from cnncalc.layers import framework_words as frameworks
from cnncalc.layers import paper_words as papers
from cnncalc.layers.framework_words import GROUPS, INPUT, TRAINING, UNCHANGED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnncalc.layers.base import Layer

LONGEST: Final = 100
"""A longer word is none that anybody means, and may be made to take long."""

_PREFIX: Final = re.compile(r"(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_]\w*$)")
"""The modules before the name of a class or function, as in ``torch.nn.``."""

_BRANCHES: Final = "`parallel: {branches: [...]}` joins branches; a block of your own stands in `blocks`"
_LOOP: Final = "a loop is a group: `- {repeat: 3, layers: [...]}`"
_RESIDUAL: Final = "`residual: {layers: [...]}` adds its input to what its layers make of it"
_SKIP: Final = "`add: {from: [previous, NAME]}` adds an earlier layer, `residual` does so around layers"

_NONE: Final = {
    "such attention": "additive_attention",
    "bag of embeddings": "embedding_bag",
    "detection layer": "detect detection detection_output prior_box anchors nms",
    "function of Python": "lambda function py_func custom",
    "choice of a largest value": "argmax argmin topk sort max_out",
    "quantisation": "quantize dequantize quant_stub de_quant_stub fake_quantize",
}
"""What there is not, and the words for it."""

_ADVICE: Final = {
    _SKIP: "shortcut skip skip_connection residual_connection residual_add identity_shortcut",
    _RESIDUAL: "residual_block res_block basic_block bottleneck_block residual_unit",
    _BRANCHES: "inception inception_block branch branches fire fire_module spp sppf aspp psp ppm multi_branch",
    GROUPS: "sequential module_list model group block stage module submodule layers layer encoder decoder backbone",
    _LOOP: "loop for repeat repeated while",
    INPUT: "input input_layer data placeholder image input_data",
    TRAINING: "loss cross_entropy_loss cross_entropy mse_loss bce_loss nll_loss euclidean_loss cost accuracy optimizer"
    " sgd adam metrics backward label target",
    UNCHANGED: "activity_regularization random_flip random_rotation random_zoom random_crop"
    " random_translation random_contrast random_brightness augmentation",
    "the last layer is the output; `outputs: [NAME]` at the top of the spec names others": "output outputs",
    "`identity: {from: NAME}` takes one earlier layer, `concat: {from: [NAME, NAME]}` several, `split` groups": "route",
    "there is no detection layer here; what is before it is an output, as in `outputs: [NAME, NAME]`": "yolo region",
    "write `multihead_attention`, or `scaled_dot_product_attention`, which has no weights": "attention",
    "write `embedding`, or add a `parameter` of the map's shape": "positional_encoding position_embedding pos_embed"
    " positional_embedding",
    "a block of `multihead_attention`, `layer_norm` and `linear` in `residual`": "transformer transformer_encoder"
    " transformer_encoder_layer transformer_decoder transformer_decoder_layer transformer_block vit_block",
    "write `matmul`, with `permute` before it where axes have another order": "einsum",
    "write `linear`, or `matmul` for a product of two tensors": "gemm addmm",
    "write `max_pool`, or `avg_pool`": "pool pooling subsampling downsample down_sampling",
    "write `global_avg_pool`, or `global_max_pool`": "global_pool global_pooling",
    "write the activation as the type, such as `- relu`": "activation nonlinearity act",
    "write `batch_norm`, `layer_norm`, `group_norm` or `instance_norm`": "norm normalisation",
    "write `split` with as many sections as the axis has, and `squeeze` behind each part": "unbind unstack",
    "`slice: {dim: 1, start: 2, end: 5}` takes 3 from the third on": "narrow",
    "`slice` takes a part of an axis, also every other position or backwards, and `concat` joins parts": "gather select"
    " index_select take",
    "`space_to_depth: {block_size: 2, mode: darknet}` has its order of channels, without `mode` TensorFlow's": "reorg"
    " reorg_old",
    "write `unsqueeze` for the new axis, and `expand` behind it": "repeat_vector",
    "`upsample` repeats each value, `tile` the whole": "repeat_interleave",
    "write `permute` with all axes in the new order": "swapaxes moveaxis movedim",
    "write `lstm`, `gru` or `rnn`, which go along a whole sequence": "recurrent lstm_cell gru_cell rnn_cell",
    "write `lstm` or `gru` with `bidirectional: true`": "bidirectional bi_lstm blstm bi_gru bi_rnn",
    "a `linear` for each of its layers": "mlp multilayer_perceptron feed_forward ffn hidden hidden_layer",
    "write `conv` with `kernel_size: 1`": "pointwise_conv pointwise pw_conv conv1x1 one_by_one_conv",
    "write `conv` with `groups`": "group_conv grouped_conv group_convolution",
    "write `conv` with `dilation`": "dilated_conv atrous_conv dilated_convolution atrous_convolution",
    "write `conv1d` with `padding: causal`": "causal_conv causal_conv1d",
    "write `conv` with `padding_mode: circular`": "circular_conv periodic_conv cyclic_conv",
    "write `conv`, `conv_transpose` or `linear` with `weight_norm: true`": "weight_norm weight_normalization wn_conv",
    "write `conv`, `conv_transpose` or `linear` with `spectral_norm: true`": "spectral_norm spectral_normalization"
    " sn_conv",
    "write `conv` with `weight_standardization: true`": "std_conv ws_conv weight_standardization"
    " weight_standardisation",
    "write `conv` with `scaled_weight_standardization: true`": "scaled_std_conv",
    "write `conv` with its activation, and `batch_norm` behind it; a block of your own stands in `blocks`": "cbr cba"
    " conv_bn_relu conv_bn conv_block conv_norm_activation conv2d_norm_activation basic_conv2d conv_module",
    "`cnncalc show densenet` has it as a block": "dense_block dense_layer transition",
    "`cnncalc show mobilenet_v2` has it as a block": "inverted_residual mbconv inverted_bottleneck",
    "`cnncalc show ghostnet` has it as a block": "ghost ghost_module ghost_bottleneck",
    "write `space_to_depth: {block_size: 2}`": "focus",
    "write `add`": "+ plus",
    "write `multiply`": "* times product",
    "write `subtract`": "minus",
    "write `reduce_sum`, `reduce_mean`, `reduce_max`, `reduce_min` or another of them": "reduction reduce aggregate",
    "write `square`, and `reduce_sum` behind it": "reduce_sum_square",
    "write `reduce_sum`, and `log` behind it": "reduce_log_sum",
    "write `divide`": "/ over",
    "write `concat`": "& join merge",
    "what an entry does only sometimes stands in its `when: =...`": "if when switch cond condition",
}
"""What to write instead, and the words for which that is so."""

_BY_WORD: Final = {
    folded(word): advice
    for none, advised in ((_NONE, _ADVICE), (frameworks.NONE, frameworks.ADVICE), (papers.NONE, papers.ADVICE))
    for advice, words in (*((f"there is no {what} here", words) for what, words in none.items()), *advised.items())
    for word in words.split()
}

_CALLED: Final = {folded(word): ours for ours, words in frameworks.CALLED.items() for word in words.split()}

_BY_PATTERN: Final = [(re.compile(pattern), advice) for pattern, advice in frameworks.PATTERNS.items()]


def type_hint(written: str, layers: Mapping[str, type[Layer]], others: Iterable[str] = ()) -> str | None:
    """The hint for an unknown type: what it is called here, what to write instead, that there is nothing, or a guess.

    `others` are words that may stand for a type beside those of `layers`.

    >>> from cnncalc.layers import LAYERS
    >>> type_hint("nn.Conv2d", LAYERS), type_hint("lambda", LAYERS), type_hint("softmx", LAYERS)
    ('it is called `conv2d` here', 'there is no function of Python here', 'did you mean `softmax`?')
    """
    if len(written) > LONGEST:
        return None
    word = _PREFIX.sub("", written)
    if folded(word).startswith("lazy"):
        word = word[4:].lstrip("_")  # PyTorch's classes that are told of their input when they meet it
    ours = translate(word, layers) or _CALLED.get(folded(word))
    if ours is not None and find(ours, layers) is not None:
        return f"it is called `{ours}` here"
    return advice(word) or did_you_mean(word, [*spellings(layers), *others])


def advice(word: str) -> str | None:
    """What to write instead of a word, with or without its rank, or that there is no such thing; None of others.

    >>> advice("implicit_add"), advice("conv")
    ('write `parameter`, and `add: {from: [previous, NAME]}`', None)
    """
    if len(word) > LONGEST:
        return None
    key = folded(word)
    known = _BY_WORD.get(key) or _BY_WORD.get(re.sub(r"[123]d$", "", key))
    return known or next((told for pattern, told in _BY_PATTERN if pattern.fullmatch(key)), None)
