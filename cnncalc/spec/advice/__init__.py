"""Hints for the mistakes that people make in specs, worked out when an error is shown.

- `types`: a layer type that there is not, also one that is written as a call
- `options`, `forms`: an option that a layer has not, one that is missing; options that are no mapping
- `other_options`: what options of other programs are here
- `values`: a value that an option does not allow
- `keys`: a key that a spec has not, and a text that is no spec
- `names`: the name of what comes later, or of the layer itself
- `paths`: tensors that cannot be merged
- `shapes`: the shape of an input, in the wrong form or with axes too many
- `files`: files that are no specs, and files that are not there
- `words`: words for true and false
- `expressions`: what Python or other languages have and expressions have not
- `writing`, `entries`: values as YAML writes them, and every entry of a spec
"""
