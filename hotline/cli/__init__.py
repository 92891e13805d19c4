"""The door for people at a terminal: one module per command of ./run."""
