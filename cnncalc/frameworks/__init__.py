"""The layer classes of PyTorch and Keras, as calls in one line of layers spell them.

- `rows`: what is known of a class: our type, its parameters in order, and what each of them means
- `rules`: what a parameter means: an option of ours, something that changes no number, a value without counterpart
- `pytorch`, `keras`: a table each, one row a class; `keras_rules`: what takes more than a name there
- `keras_recurrent`: the rows of Keras's recurrent classes
- `classes`: which class a word names
- `configurations`: a layer of Keras as its configuration has it, with every parameter
- `translation`: a call of a class as an entry of ours
"""
