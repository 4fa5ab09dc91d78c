"""The programme as plain data: no Django, no database, no clock.

``model`` holds the data classes that everything else speaks; ``zones`` and ``days`` are
timetable arithmetic; ``codec`` turns a schedule into JSON and back; ``diff`` compares
two schedules and stamps releases for calendars; ``clashes`` finds what cannot be held
as planned; ``layout`` places a day in a grid of rooms and times; ``texts`` keeps texts
and addresses safe; ``formats`` reads and writes exchange files.
"""
