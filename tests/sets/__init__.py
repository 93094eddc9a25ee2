"""Tests of `navigator_export.sets`."""
