"""The forward pass with NumPy: what is executed, with which weights, in how much memory, and what came of it."""
