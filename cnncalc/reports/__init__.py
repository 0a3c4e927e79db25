"""A report as text, one file a format; nothing here computes a figure."""
