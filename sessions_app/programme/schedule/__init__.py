"""The programme as plain data: no Django, no database, no clock.

``model`` holds the data classes that everything else speaks; ``zones`` is
timetable arithmetic; ``codec`` turns a schedule into JSON and back; ``diff``
compares two schedules; ``clashes`` finds what cannot be held as planned;
``formats`` reads and writes exchange files.
"""
