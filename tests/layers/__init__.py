"""Each layer type against an oracle that is not ours."""
