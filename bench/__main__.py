"""The bench: owned by the bench engineer."""
