"""Telephone and SMS carriers behind one small interface; a second one is one more file here."""
