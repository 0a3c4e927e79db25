"""How much `solve`, and `explain` for its closed forms, may build and keep: all of their limits, each with its reason.

Building is counted in entries visited, layers and those left out by their `when` alike: 30,000 to 300,000 take a
second. Past a limit the answer is "not known" or names the range that was tried; it is never a guess.
"""

from __future__ import annotations

from typing import Final

QUESTION_BUDGET: Final = 40_000
"""The entries that one question (the forms, the smallest input, an axis, the congruences, the fits) may visit."""
FEWEST_BUILDS: Final = 12
"""A large network may be built that many times for each question all the same; the cost is linear in its layers."""
LARGEST_BUILD: Final = 4
"""How many times larger than the network itself one at another size may be: options may repeat layers by the size."""
MOST_KEPT_LAYERS: Final = 20_000
"""The layers of the networks that are kept for the next question: about 10 MB."""

CONFIRMATIONS: Final = 3
"""Where options follow the size, a form is claimed if it holds at so many other sizes at which the network is built."""
PROBING_BUDGET: Final = 6_000
PROBES: Final = 24
"""Looking for sizes at which options change may visit so many entries, or build a large network so many times: it costs
less than a question, as it is done though nobody asks."""
PROBED_FORMS: Final = 24
"""The forms at whose values the numbers in expressions are tried; more of them seldom differ in their steps."""
PROBED_NUMBERS: Final = 24
"""The numbers in expressions that are tried as sizes at which options may change."""
PROBED_SIZES: Final = 128
"""Where all small sizes are tried too, as far as the question may cost so much, the end of their range."""
PROBED_AXES: Final = 8
"""The axes of inputs that are changed alone; before, all are changed together."""

MOST_COMBINATIONS: Final = 64
"""The most combinations of the sizes of other inputs that are tried with one size."""
TRIAL_BUDGET: Final = 12_000
"""Where an axis has no closed form, the entries that building the network at every size of a range may visit, for all
axes of an output together: less than for a question, as it is never done before all are spent."""
APPROACHES: Final = 24
"""How often the network is built to find out where such a range should lie."""
MOST_TRIED_SIZES: Final = 4096
"""The most sizes in such a range."""
LARGEST_RETRY: Final = 256
"""The end of the range where a form has found no size, and options may be others there."""
NEAREST_STEPS: Final = 64
"""How many outputs are looked at, either way, for the nearest that there is."""

JOINT_SIZES: Final = 64
"""The sizes of each axis that are tried together with those of axes that it depends on."""
CHECKED_SIZES: Final = 8
"""The sizes of each axis that are held against those of the axes that it depends on."""
JOINT_SOLUTIONS: Final = 16
"""Where there may be any number, so many are found together."""

MOST_RESIDUES: Final = 65_536
"""The most residues that a congruence is sought among."""
FIRST_RESIDUES: Final = 4
MULTIPLES: Final = (1, 2, 5, 20)
"""How many residues, and at which multiples of the modulus, the network is built to see whether it always can be."""
OFFSETS: Final = (*range(12), 37, 97, 211, 1009, 1010, 4111, 4112, 20011, 20012)
"""How far from the least size the network is built where options follow the size by expressions."""

FITTING_SHAPES: Final = 5_000
"""The ways to write `in_features` as sizes that are looked at, the squarest first: 2**31 has 496 in two factors."""

MOST_KEPT_EXPLANATIONS: Final = 4_000
"""The layers whose explanations are kept: each has some 20 formulas, which take up to 45 KB on the way to JSON."""
