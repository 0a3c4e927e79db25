"""The bundled networks, and samples of them: what is asked of all is asked of these in every run of the whole suite."""

from __future__ import annotations

from cnncalc.spec import bundled

VARIANTS = [(name, variant) for name in bundled.names() for variant in (bundled.variants(name) or (None,))]
"""Every bundled network: its file, and its variant where that has some. No spec is parsed for it."""

NAMES = [variant or name for name, variant in VARIANTS]
"""The name of each."""

FIRST = {name: (bundled.variants(name) or (name,))[0] for name in bundled.names()}
"""Of each file the first variant; the others differ in width, depth or the size of the input."""

FILES = (
    "alexnet_torchvision", "autoencoder", "crnn", "dcgan", "efficientdet", "effnet", "espcn", "fsrcnn", "inception_v1",
    "keras_convnext", "keras_efficientnet", "keras_mobilenet", "lenet", "lraspp", "mobilenet_v3", "nin", "raw_audio",
    "resnet", "s3d", "segnet", "shufflenet_v1", "siamese", "text_cnn", "unet", "vdcnn", "wavenet", "xception",
    "yolo_v8",
)  # fmt: skip
"""Files with every layer type that any of them has first: one of each kind of network, the smallest there is."""

NETWORKS = tuple(FIRST[name] for name in FILES)
"""Their first variants."""
