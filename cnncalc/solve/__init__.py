"""The way back: from an output size to the input sizes that give it, and which inputs a network takes at all.

- `solver`: answers the question; `results`: the answer, as plain data
- `closed_forms`: the size of every axis as a formula in the input's size, confirmed at sizes that `probes` chooses
- `building`, `limits`: the network at other sizes, each built once, and how much may be built in all
- `domain`, `trials`: the sizes at which it can be built, by closed forms or tried one by one; `intervals` of them
- `congruences`, `residues`: the sizes at which no window leaves pixels over
- `linear_fit`: the inputs that fit a linear layer with fixed `in_features`
"""
