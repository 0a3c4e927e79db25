"""Tests of networks of darknet."""
