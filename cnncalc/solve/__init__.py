"""The way back: from an output size to the input sizes that give it, and which inputs a network takes at all."""
