"""Kernels bound once to the arrays that they read and write, and run again and again: batch first, channels last.

A kernel is made from views of arrays, whose values it does not look at before it runs. `calls` cuts its work into
shares that need nothing of each other, one for each thread: a list of calls to be made in order.

- `shares`: the share of the work that is a thread's, and its scratch memory; kernels side by side as one
- `finish`: what is done to the sums of a convolution before they are its output
- `columns`: convolution by columns of windows, or of pixels as they are, times a matrix
- `phases`: a transposed convolution as convolutions
- `winograd`: convolution of 3 x 3 taps by fewer products
- `depthwise`: convolution with one filter a channel
- `pooling`: pools, and the mean of a map
- `values`: sums, scales and functions, value by value
"""
