"""Single values of a layer's output, written out product by product, and layers as products of matrices.

- `analysis`: from a network, a layer and a unit to the lines by which its value is calculated; `results`: these as data
- `selection`, `values`: which layer, and what it calculates with: small whole numbers, or the values of a run
- `kinds`: by what each type of layer is calculated; `units`: what all of these share
- `windows`, `filtering`, `convolution`, `transposed`, `pooling`: layers with a window
- `linear`, `normalization`, `elementwise`: the others
- `outputs`: the values around a unit, behind the layer's own activation; `planes`: the parts of maps that are drawn
- `expressions`, `wording`: the lines as trees, and their numbers as texts that make each line true
- `abridging`, `filling`: the first of many lines, and long ones broken
- `matrices`: the windows as columns (im2col), and the layer's sparse matrix
- `figure`, `matrix_figure`, `grids`, `palettes`: all of that drawn
"""
