"""Tests of `navigator_export.validation`."""
