"""The door for people and machines."""
