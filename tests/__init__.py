"""The tests of navigator-export; they mirror the package."""
