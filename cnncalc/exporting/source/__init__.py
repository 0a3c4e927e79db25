"""What the programs that a network is written as have in common, whatever the framework.

- `expressions`: expressions of Python as trees, in which numbers may become parameters
- `layout`: statements as lines, broken where the formatters of the language break them
- `leaves`: a layer at its place, as the translations of layer types take it
- `heading`: the docstring at the head of a program
- `scopes`: the scopes of a graph as a tree, and which of them can be called as one
- `naming`: words for scopes, by what they are called or do
- `statements`: the layers of a scope as statements, with the names of their variables
- `alike`: scopes whose code differs in values alone, and what is said of them
- `classes`: scopes that differ in numbers alone as one class with parameters
- `loops`: lists of calls that differ in nothing, or by a step, as loops
"""
