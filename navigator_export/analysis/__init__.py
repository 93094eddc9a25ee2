"""What coverage comes to: compared with other coverage, laid against what threats use, and planned."""
