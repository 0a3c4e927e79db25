"""Blocks and layers that papers name and that are no layer type here: of which types they are written, or that none is.

Those of frameworks stand in `framework_words`, everyday words in `other_words`.
"""

from __future__ import annotations

from typing import Final

UNLIKE_WEIGHTS: Final = "convolution whose kernel is computed from its input"

_YOLO: Final = "a block of your own: `split`, `residual` in a `repeat`, and `concat` with a list in `from`"
_WINDOWS: Final = (
    "a block of your own: `roll`, `unfold` into windows, `unflatten`, `multihead_attention` with `attention_axes: 1`,"
    " `flatten`, `fold`; scores take no mask and no bias of places"
)

NONE: Final = {
    UNLIKE_WEIGHTS: "cond_conv dynamic_conv od_conv omni_dimensional_dynamic_conv hyper_network hyper_conv",
    "capsule": "capsule capsule_layer primary_caps primary_capsule digit_caps caps_layer",
    "state space model": "mamba mamba_block ssm s4 s4d s5 state_space selective_scan vmamba ss2d",
    "Kolmogorov-Arnold layer": "kan kan_linear kan_conv",
    "such normalisation": "evo_norm frn filter_response_norm switchable_norm ghost_batch_norm ghost_norm"
    " batch_renorm batch_renormalization",
    "such attention": "performer performer_attention linformer rope rotary rotary_position_embedding alibi",
    "such recurrent layer": "xlstm mlstm slstm qrnn sru ind_rnn",
    "Fourier or wavelet transform": "fourier_conv spectral_conv fourier_unit dwt wavelet haar",
    "such activation": "sparsemax entmax acon acon_c meta_acon dice",
}
"""What there is not, and the words for it."""

ADVICE: Final = {
    "there is no convolutional GRU here; the recurrence of maps is `conv_lstm`": "conv_gru conv_rnn",
    "write `parameter`, and `add: {from: [previous, NAME]}`": "implicit_add implicit",
    "write `parameter`, and `subtract: {from: [previous, NAME]}`": "implicit_sub",
    "write `scale`, which has a learnt factor a channel": "implicit_mul",
    "write `parameter`, and `divide: {from: [previous, NAME]}`": "implicit_div",
    "write `multihead_attention` with `attention_axes`, once for each axis": "axial_attention criss_cross_attention"
    " row_attention column_attention",
    "a block with `spec` gives a backbone's maps, `upsample` and `add` join them: `cnncalc help blocks`": "fpn bi_fpn"
    " pan pafpn feature_pyramid feature_pyramid_network",
    "write `reshape`, `permute` and `reshape`": "rearrange",
    "it changes no value: leave it out": "contiguous clone copy",
    "write `conv` with `kernel_size: 3` and `padding: 1`": "conv3x3",
    "write `parameter` for each of them": "parameter_list parameter_dict",
    _YOLO: "c2f c3 c3k c3k2 c2 c2f_block csp csp_block bottleneck_csp csp_layer csp_bottleneck elan elan_block",
    _WINDOWS: "swin swin_block swin_transformer swin_transformer_block shifted_window shifted_window_attention"
    " w_msa sw_msa window_attention window_attn window_msa window_partition window_reverse",
    "write `conv` whose `stride` is its `kernel_size`; `flatten: {start_dim: 1}` makes tokens of the map": "patch_embed"
    " patch_embedding patchify patch_stem patch_encoder patches to_patches",
    "write `space_to_depth: {block_size: 2}`, `layer_norm`, and a `conv` with `kernel_size: 1`": "patch_merging"
    " patch_merge",
    "add a `parameter` of the shape that arrives, or a `constant`": "pos_embedding abs_pos_embed position_encoding"
    " sincos_pos_embed sinusoidal_position_embedding positional_encoding2d learned_positional_embedding",
    "write `parameter` for biases, and attention as `matmul`, `add`, `softmax` and `matmul`": "relative_position_bias"
    " rel_pos_bias relative_position rel_pos relative_attention",
    "write `matmul`, `softmax` and `matmul` between `conv`s with `kernel_size: 1`": "non_local non_local_block"
    " non_local_attention embedded_gaussian a2_attention double_attention sagan_attention",
    "write `global_avg_pool`, `reshape: {shape: [1, -1]}`, `conv1d`, `reshape` back, and `multiply`": "eca eca_layer"
    " eca_module eca_block efficient_channel_attention",
    "a block of your own: gates made by `global_avg_pool` and `global_max_pool`, whose `conv`s `share` arrays, and by"
    " `reduce_mean` and `reduce_max` with `dim: 0`": "cbam cbam_block cbam_module convolutional_block_attention"
    " bam channel_attention spatial_attention channel_gate spatial_gate",
    "a block of your own: branches of `conv`, their sum, and `softmax` over a `stack` of gates": "sk sk_conv"
    " sk_unit selective_kernel split_attention split_attn splat sk_net res_nest",
    "`concat` a `constant` of the coordinates before `conv`": "coord_conv coord_conv2d add_coords",
    "`split` the channels, write `depthwise_conv` for each part, and `concat` them": "mix_conv mixed_conv"
    " mixed_conv2d md_conv mixed_depthwise_conv",
    "`split` the channels, `conv` of one part, and `concat`, as in FasterNet; none has a mask": "partial_conv p_conv",
    "write `unfold` of the map, `multiply` by the kernels that `conv`s make, and `reduce_sum` over taps": "involution",
    "write `conv` with twice the channels, and `glu` behind it": "gated_conv gated_convolution conv_glu",
    "write `conv` for each of the four ways, with `avg_pool`, `upsample` and `add`": "octave_conv oct_conv"
    " octave_convolution",
    "write `depthwise_conv` with its kernel as `weight`, `bias: false` and `trainable: false`; `cnncalc show filters`"
    " has kernels": "blur_pool blur_pool2d blur anti_alias anti_aliasing aa_pool fir_filter gaussian_blur",
    "write `affine_grid` and `grid_sample`": "stn",
    "write `rms_norm` with `affine: false`": "pixel_norm pixelwise_norm pixel_normalization",
    "write `batch_norm` with `trainable: false`": "frozen_batch_norm frozen_bn",
    "write `instance_norm` with `affine: false`, then `multiply` and `add` what `linear`s make": "adain"
    " adaptive_instance_norm",
    "`multiply` and `add` what `linear` makes of the condition": "film film_layer feature_wise_linear_modulation"
    " conditional_batch_norm adaln modulation",
    "write `linear` for the gate, `sigmoid`, and `multiply` and `add` the two ways": "highway highway_layer"
    " highway_block",
    "write `linear` with `dim`, along one axis and then along the other": "mlp_mixer mixer_block mixer_layer mlp_block"
    " token_mixing res_mlp g_mlp spatial_gating_unit",
    "write `gelu` with `approximate: tanh`": "gelu_tanh gelu_new fast_gelu tanh_gelu gelu_approximate",
    "write `scale: {factor: 1.702}` and `sigmoid`, and `multiply` what came before by it": "quick_gelu",
    "write `relu`, and `square` behind it": "squared_relu relu_squared relu2",
    "write `multiply` by a `parameter` of one value, `tanh`, and `scale` with `bias: true`": "dynamic_tanh dyt",
    "write `parameter`, `multiply` by it, `sin`, `square`, `divide` by it, and `add`": "snake",
    "write `depthwise_conv` and `batch_norm`, and `maximum` with what came before": "f_relu funnel_relu",
    "write `maximum` with a `parameter` a channel": "tlu thresholded_linear_unit",
}
"""What to write instead, and the words for which that is so."""
