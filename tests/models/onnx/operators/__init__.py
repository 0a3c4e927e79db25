"""Tests of single operators, by family."""
