"""Tests of `navigator_export.build`."""
