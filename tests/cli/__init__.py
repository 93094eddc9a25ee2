"""Tests of `navigator_export.cli`."""
