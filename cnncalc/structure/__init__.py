"""The structure of networks that are given flat: scopes, blocks, loops and branches, as a person would write them.

- `program`: what is recovered: a network as blocks and entries, ready to be written as a spec or as code
- `flat`, `options`: a graph as a flat list of layers, as a reader of models gives it; what is written of a layer
- `constants`: one number for each long list of them, while structure is looked for
- `frames`: the tree of scopes that the dots in names make, and what refers to what in it
- `series`: scopes each of which takes all those before it
- `sharing`: scopes that use the arrays of another scope's layers
- `branches`, `loops`, `blocks`, `scopes`: paths that are merged, repeated stretches, scopes that differ in values
  alone; and the order in which they are looked for
- `keys`, `unification`, `slots`, `shortcuts`, `renaming`: which stretches are alike; one text for several that are,
  with parameters where values differ
- `wording`: the names by which entries are taken as inputs, where they stand
- `recovery`: all of it, with as much structure as the expansion of the text allows
- `yaml_text`, `spec_text`: a program as YAML; the whole spec of a network, with where it comes from
"""
