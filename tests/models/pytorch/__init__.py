"""Modules of PyTorch: recorded by `record.py` where PyTorch is, translated everywhere."""
