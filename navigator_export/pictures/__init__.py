"""Pictures of layers: what the Navigator shows of one (`matrix.py`), and that as files to look at."""
