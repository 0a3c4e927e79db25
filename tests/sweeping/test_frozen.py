"""Frozen parameters where they are told: of a network that is fine-tuned or not."""

from __future__ import annotations

import cnncalc
from cnncalc.execution.executor import execute

FINE_TUNED = """
input: 3x32x32
parameters: {fine: true}
variants: {all: {}, head: {fine: false}}
blocks: {backbone: {spec: resnet18, until: layer4}}
layers:
  - backbone: {name: body, trainable: =fine}
  - global_avg_pool
  - flatten
  - linear: {name: fc, out_features: 10}
"""
BODY, HEAD = 11_176_512, 5_130


def test_a_column_where_the_spec_may_freeze() -> None:
    rows = cnncalc.sweep(FINE_TUNED, {"fine": [True, False]})
    assert [(row.totals.parameters, row.totals.frozen) for row in rows if row.totals] == [
        (BODY + HEAD, 0),
        (HEAD, BODY),
    ]
    lines = rows.to_text(width=100).splitlines()
    assert lines[1].split() == ["fine", "input", "params", "frozen", "MACs", "FLOPs", "weights", "peak"]
    assert lines[4].split()[2:6] == ["5.13", "k", "11.2", "M"]
    without = cnncalc.sweep("lenet", {"input": ["1x28x28"]}).to_text(width=100)
    assert "frozen" not in without


def test_what_is_frozen_is_compared() -> None:
    networks = [cnncalc.load(FINE_TUNED, variant=name) for name in ("all", "head")]
    found = cnncalc.compare(*networks, by_layer=True)
    assert [difference.absolute["frozen"] for difference in found.differences] == [BODY]
    text = found.to_text(width=120)
    assert "frozen parameters" in text
    assert "frozen 0 → 9,408" in text


def test_a_run_and_an_explanation_tell_of_frozen_parameters() -> None:
    network = cnncalc.load(FINE_TUNED, variant="head")
    assert f"{BODY + HEAD:,} parameters ({BODY:,} frozen) executed in" in execute(network).report.to_text(width=120)
    lines = network.explain("body").to_text(width=100).splitlines()
    assert [line.split() for line in lines[-4:-2]] == [["parameters", "0"], ["frozen", "parameters", f"{BODY:,}"]]
