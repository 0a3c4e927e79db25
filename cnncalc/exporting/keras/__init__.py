"""Networks as Keras code, in the functional API, with channels last.

- `program`: the file of code: functions for scopes, the model, and how weights are loaded
- `functions`: the scopes of a network as functions
- `table`: what each layer type is in Keras
- `values`: layers that compute value by value, or across neighbouring ones
- `windows`: convolutions and pools, and their padding
- `recurrent`: recurrent layers, in one direction or two
- `words`: what Keras calls activations
- `helpers`: the text of functions for what Keras has no word for, and of those that load weights
- `axes`: layers that name, move or split axes
"""
