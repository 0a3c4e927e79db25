"""The public door: how networks are loaded, and all that can be asked of them; the command line asks the same way.

- `loading`: a spec, whichever way it is given, as a network
- `modules`: a module of PyTorch as a network
- `network`: what can be asked of one
- `executable`, `writable`, `drawable`: the ways to execute one, to write one, and to draw one

Whatever is asked of a network is imported when it is asked, so that a summary pays for neither NumPy nor the solver.
"""
