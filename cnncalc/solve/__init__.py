"""From an output size back to the input: closed forms and their inverse, the smallest input, congruences, fits.

- `solver`: solves for each axis; `results`: the solution, as plain data
- `closed_forms`: the size of every axis as a formula in the input's size, confirmed at sizes that `probes` chooses
- `target`: the layer that is solved for, and the sizes that its output is to have
- `building`, `limits`: the network at other sizes, each built once, and how much may be built in all
- `domain`, `smallest_input`, `trials`: the sizes at which it can be built, the smallest, and sizes that are tried;
  `intervals` of them
- `coupling`, `dependent_axes`, `joint`: axes of inputs that depend on each other, and sizes of them tried together
- `congruences`, `residues`: the sizes at which no window leaves pixels over, as congruences
- `linear_fit`: the inputs that fit a linear layer with fixed `in_features`
- `fitting`: the largest value of a parameter with which totals are within budgets; `fitting_trials`: the networks at
  its values; `fitting_results`: the answer, as plain data
"""
