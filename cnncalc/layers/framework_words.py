"""Classes, functions and operators of frameworks that are no layer type here, and what is written instead.

Of Keras, PyTorch, TensorFlow, ONNX, Caffe and darknet all are known that name something of a network: those that other
names of a type do not tell (`aliases`), nor the words of `other_words`, stand here.
"""

from __future__ import annotations

from typing import Final

TRAINING: Final = "it is of training, and has no place in a spec"
UNCHANGED: Final = "it changes nothing once the network is trained: leave it out"
INPUT: Final = "the input is no layer: write `input: 3x224x224` at the top of the spec"
GROUPS: Final = "a group is `- layers: [...]`, and a block of your own stands in `blocks`"

MAXIMA: Final = "write `max_pool`: `max_unpool` finds the places of its maxima by itself"

_DATA: Final = "it prepares data: do that before, and the network takes what comes of it"
_TYPED: Final = "all values are of one type, that of `--dtype`: leave it out"
_SIZES: Final = "expressions know sizes: `in_shape` and `in_channels`, `size(NAME)` and `channels(NAME)`"
_STEPS: Final = "write it with one axis more: `conv3d` with a `kernel_size` of 1 along the steps, `linear` with `dim`"
_CELL: Final = "write `lstm`, `gru` or `rnn`, which go along a whole sequence"

CALLED: Final = {
    "add": "add_n accumulate_n",
    "avg_pool": "local_avgpool",
    "batch_norm": "fused_batch_norm fused_batch_norm_v2 fused_batch_norm_v3",
    "channel_shuffle": "native_channel_shuffle",
    "concat": "concatenation concat_v2",
    "constant": "const",
    "depthwise_conv": "convolution_depthwise",
    "embedding": "embedding_lookup reversible_embedding",
    "flip": "reverse_sequence reverse_v2",
    "fold": "col2im",
    "locally_connected": "local local_conv",
    "multihead_attention": "multi_head_attention_forward group_query_attention grouped_query_attention",
    "parameter": "variable",
    "rms_norm": "rms_normalization",
    "slice": "strided_slice",
    "softmax": "soft",
    "softplus": "bnll",
    "stack": "pack",
    "unfold": "im2col extract_image_patches extract_patches",
    "upsample": "upsample_bilinear upsample_nearest",
}
"""The types that other words mean without more: longer than `aliases`, which help shows, should be."""

NONE: Final = {
    "comparison or logic": "and or not xor equal not_equal greater greater_equal greater_or_equal less less_equal"
    " less_or_equal is_inf is_nan bitwise_and bitwise_or bitwise_not bitwise_xor bit_shift where non_zero compress"
    " unique reduce_any reduce_all any all masking masked_fill",
    "such function of a value": "acos acosh asin asinh atan atanh atan2 cosh sinh tan det mod fmod floor_div"
    " floor_divide trilu tril triu cumsum cumprod digamma lgamma igamma",
    "such activation": "hard_shrink soft_shrink shrink hard_max",
    "choice of a largest value": "in_top_k multinomial categorical",
    "function of Python": "python flax_layer jax_layer tfsm_layer torch_module_wrapper map_fn vmap",
    "control flow": "scan sequence_at sequence_construct sequence_empty sequence_erase sequence_insert sequence_length"
    " sequence_map split_to_sequence concat_from_sequence optional optional_get_element optional_has_element",
    "writing to chosen places": "scatter scatter_nd scatter_elements scatter_add tensor_scatter gather_elements"
    " batch_reindex",
    "detection layer": "non_max_suppression proposal region_proposal gaussian_yolo iseg anchor_generator"
    " anchors_generator generate_proposals detection_post_process box_decode",
    "product of two inputs with weights": "bilinear",
    "such recurrent layer": "crnn",
    "such attention": "linear_attention rotary_embedding",
    "such normalisation": "renorm",
    "adaptive softmax": "adaptive_log_softmax_with_loss",
}
"""What there is not, and the words for it."""

ADVICE: Final = {
    TRAINING: "binary_cross_entropy binary_cross_entropy_with_logits linear_cross_entropy kl_div contrastive"
    " criterion grad_reverse gradient_reversal",
    UNCHANGED: "aug_mix auto_contrast contrast_limited_adaptive_histogram_equalization cut_mix equalization mix_up"
    " rand_augment solarization color_jitter cutout stop_gradient detach gradient_checkpoint checkpoint bernoulli",
    _DATA: "category_encoding discretization hashed_crossing hashing integer_lookup string_lookup text_vectorization"
    " string_concat string_normalizer string_split regex_full_match tf_idf_vectorizer tokenizer tokenize"
    " mel_spectrogram stft_spectrogram mel_weight_matrix stft dft fft rfft hann_window hamming_window blackman_window"
    " image_decoder max_num_bounding_boxes one_hot to_tensor decode_image feature_space",
    INPUT: "dummy_data hdf5_data image_data memory_data window_data annotated_data input_spec net_input image_input",
    GROUPS: "container pipeline module_dict data_parallel distributed_data_parallel wrapper net network history graph",
    _TYPED: "cast cast_like bit_cast to_float to_half astype",
    _SIZES: "shape size rank shape_of numel",
    _CELL: "lstm_unit simple_rnn_cell stacked_rnn_cells rnn_base rnn_cell_base",
    _STEPS: "time_distributed",
    "an output that nothing reads needs no layer: leave it out": "silence empty hdf5_output",
    "it is the `bias` of the layer before it": "bias bias_add add_bias",
    "write `upsample` with `mode: bilinear`": "resize_bilinear resize_images bilinear_upsample",
    "write `upsample` with `mode: nearest`": "resize_nearest_neighbor resize_nearest",
    "write `upsample` with `mode: bicubic`": "resize_bicubic",
    "write `upsample` with `mode: area`": "resize_area",
    "write `crop`, or `pad`": "center_crop_pad pad_or_crop resize_with_crop_or_pad crop_or_pad",
    "write `roi_align`": "crop_and_resize ps_roi_align multi_scale_roi_align roi_warp",
    "write `roi_pool`": "ps_roi_pool",
    MAXIMA: "max_pool_with_argmax max_pool_with_indices",
    "write `instance_norm`, or `layer_norm: {dims: [0, 1, 2]}` across channels": "mvn mean_variance_normalization",
    "write `conv` with `dilation`, for which it stands around one": "space_to_batch batch_to_space space_to_batch_nd"
    " batch_to_space_nd",
    "write `linear` with `dim`, which says the axis": "einsum_dense",
    "write `matmul`, with `permute` and `reshape` before it": "tensordot",
    "write `multiply` for the products, and `add`": "axpy lerp addcmul",
    "write `subtract`, and `square` behind it": "squared_difference",
    "write `scale: {factor: -1}`, and `softmax` behind it": "softmin",
    "write `softmax`: what is drawn beside it is of training": "gumbel_softmax",
    "write `lp_pool` with a `kernel_size` as large as the map": "global_lp_pool",
    "write `conv1d`, whose input has its channels first": "conv_tbc",
    "write `matmul` for each product": "grouped_mm scaled_mm scaled_grouped_mm",
    "`slice` takes a part of an axis, also every other position or backwards": "gather_nd filter",
    "write `tanh`, and `subtract: {from: [NAME, previous]}` behind it": "tanh_shrink",
    "write `concat` of it and its `scale: {factor: -1}`, and `relu` behind it": "crelu",
    "write `glu`, whose gate is a sigmoid; with another gate `slice` both halves, and `multiply`": "swiglu geglu reglu",
    "`subtract`, `abs` and `linear` compare two vectors": "cosine_similarity pairwise_distance pdist distance euclidean"
    " similarity",
    "`multiply: {from: [previous, NAME]}` weighs an earlier layer": "sam scale_channels gate gating attention_gate",
    "write `reduce_mean` for the means, and `reduce_var`": "moments",
    "write `conv1d` with `padding: causal`": "causal_conv_with_state",
    "a constant stands as `value` in `add`, `multiply` and the like": "constant_of_shape eye_like range arange linspace"
    " zeros ones zeros_like ones_like fill full eye random_normal random_normal_like random_uniform"
    " random_uniform_like",
}
"""What to write instead, and the words for which that is so."""

PATTERNS: Final = {
    r".+loss|.+losswithlogits|softmaxwithloss|.+divergence": TRAINING,
    r"random\w+": UNCHANGED,
    r"(adaptive|fractional)?maxpool[123]dwithindices": MAXIMA,
    r"qlinear\w+|\w*quantizelinear|\w+integer|fakequant\w*": "there is no quantisation here",
}
"""The same for words, without underscores, that one pattern tells."""
