"""Networks of darknet, from their `.cfg` files.

- `sections`: the text: sections with their options, each with its line
- `model`, `building`: the network; its layers one after the other, by their numbers
- `layers`, `windows`, `activations`: what each section becomes; those with windows or full connections among them
"""
