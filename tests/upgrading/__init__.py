"""Upgrading of layers."""
