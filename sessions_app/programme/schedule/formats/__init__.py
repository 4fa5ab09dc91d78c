"""Readers and writers of exchange formats: strict out, lenient in, every deviation named."""
