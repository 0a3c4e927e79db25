"""Tests of several nodes that are one layer."""
