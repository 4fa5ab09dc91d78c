"""Readers and writers of exchange formats: strict out, lenient in, every deviation named.

``reading.read`` takes any file; ``xml_writer``, ``json_writer``, ``ics_writer`` and
``table_writer`` give them. ``messages`` holds every sentence about a deviation.
"""
