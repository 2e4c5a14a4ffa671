"""The demo of the size of a province: states recorded from cases that were really run, inserted in bulk."""
