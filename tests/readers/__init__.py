"""Tests of `navigator_export.readers`."""
