"""`python -m navigator_export`."""

from navigator_export.cli import main

if __name__ == "__main__":
    main()
