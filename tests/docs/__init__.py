"""Tests of README.md and the pages in docs/."""
