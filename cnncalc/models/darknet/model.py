"""A network of darknet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from cnncalc.errors import CnncalcError, did_you_mean, first_of
from cnncalc.models.darknet.building import Building, Tensor
from cnncalc.models.darknet.layers import LAYERS
from cnncalc.models.darknet.sections import read_sections
from cnncalc.models.imported import Imported
from cnncalc.models.model import Model
from cnncalc.models.untranslatable import UntranslatableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnncalc.models.darknet.sections import Section
    from cnncalc.shapes import Shape

_TRAINING: Final = frozenset(
    (
        *("absolute", "anchors", "angle", "assisted_excitation", "beta_nms", "bias_match", "burnin_update"),
        *("class_scale", "classfix", "clip", "cls_normalizer", "coord_scale", "counters_per_class", "decay"),
        *("delta_normalizer", "dontload", "dontloadscales", "dontsave", "dot", "dropblock", "dropblock_size_abs"),
        *("dropblock_size_rel", "embedding_layer", "exposure", "flip", "flipped", "focal_loss", "forced"),
        *("grad_centr", "ignore_thresh", "iou_loss", "iou_normalizer", "iou_thresh", "iou_thresh_kind", "jitter"),
        *("label_smooth_eps", "learning_rate", "learning_rate_scale", "log", "map", "mask_scale", "max"),
        *("max_delta", "momentum", "new_coords", "nms_kind", "noloss", "noobject_scale", "numload"),
        *("obj_normalizer", "object_scale", "objectness_smooth", "onlyforward", "random", "ratio", "rescore"),
        *("resize", "saturation", "scale", "scale_x_y", "shift", "show_details", "side", "sim_thresh", "softmax"),
        *("sqrt", "stopbackward", "stream", "thresh", "track_history_size", "train_only_bn", "tree", "truth_thresh"),
        *("type", "uc_normalizer", "wait_stream", "weights_normalization", "yolo_point"),
    )
)
"""Options of training, and of what makes boxes of the outputs."""
_SHOWN: Final = 3


def read(path: str) -> DarknetModel:
    """The network in a `.cfg` file; raises `CnncalcError`."""
    return DarknetModel(path, read_sections(path))


class DarknetModel(Model):
    """A network of darknet, whose first section says its input."""

    def __init__(self, path: str, sections: list[Section]) -> None:
        net, self.sections = sections[0], sections[1:]
        sizes = [net.integer(name) for name in ("channels", "height", "width")]
        if not any(sizes) and net.integer("inputs"):
            sizes = [net.integer("inputs")]
        if any(size <= 0 for size in sizes):
            raise net.error("needs `channels`, `height` and `width`, each above 0, or `inputs`")
        if not self.sections:
            raise net.error("has no layers behind it")
        super().__init__(os.path.basename(path).split(".")[0], path, {"input": tuple(sizes)})

    def translated(self, inputs: Mapping[str, Shape]) -> Imported:
        """The network at this size; raises `CnncalcError`."""
        building = Building(self.path, Tensor("input", inputs["input"]))
        refused: list[tuple[Section, UntranslatableError]] = []
        for section in self.sections:
            building.begin(section)
            try:
                building.current = _layer(building, section)
            except UntranslatableError as error:
                refused.append((section, error))
                building.current = None
            building.outputs.append(building.current)
        if refused:
            raise _untranslatable(self.path, len(self.sections), refused)
        last = building.outputs[-1]
        ends = list(building.heads)
        if last is not None and last.name not in ends:
            ends.append(last.name)
        return Imported(
            *(self.name, inputs, building.layers, ends),
            description="darknet",
            notes=[*building.notes, *_unused(self.sections)],
            follows_sizes=building.follows_sizes,
        )


def _layer(building: Building, section: Section) -> Tensor:
    """The output of a section; raises `UntranslatableError`."""
    translation = LAYERS.get(section.kind)
    if translation is None:
        raise UntranslatableError("has no counterpart here")
    return translation(building, section)


def _untranslatable(path: str, count: int, refused: list[tuple[Section, UntranslatableError]]) -> CnncalcError:
    """The error that tells all sections which no layers of ours are."""
    groups: dict[tuple[str, str], list[int]] = {}
    for section, error in refused:
        if error.is_own:
            groups.setdefault((section.kind, error.reason), []).append(section.line)
    facts = []
    for (kind, reason), lines in groups.items():
        at = f"line{'s' * (len(lines) > 1)} {_lines(lines, _SHOWN)}"
        facts.append(f"[{kind}] at {at} {reason}")
    number = sum(map(len, groups.values()))
    have = "has" if number == 1 else "have"
    hints = (did_you_mean(kind, LAYERS) for kind, _ in groups if kind not in LAYERS)
    hint = next((found for found in hints if found), None)
    message = f"{path}: {number} of {count} sections {have} no translation: {'; '.join(facts)}"
    return CnncalcError(message, hint=hint, code="unknown-type")


def _unused(sections: list[Section]) -> list[str]:
    """Notes about options that no section of that kind has."""
    lines: dict[tuple[str, str], list[int]] = {}
    for section in sections:
        for name, (_, line) in section.options.items():
            if name not in section.used and name not in _TRAINING:
                lines.setdefault((section.kind, name), []).append(line)
    return [
        f"`{name[:40]}` is no option of [{kind[:40]}] at line {_lines(at, 1)}, and passed over"
        for (kind, name), at in lines.items()
    ]


def _lines(numbers: Sequence[int], most: int) -> str:
    """The first numbers of lines, and how many there are more."""
    return first_of([str(number) for number in numbers], most)
