"""The release of navigator-export."""

__version__ = "0.1.0"
