"""The network as a graph: nodes in the order of execution, wired by tensor, with the shape of each."""
