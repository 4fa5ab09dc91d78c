"""Reads a document as JSON from the input and writes it as PDF: ``python -m sessions_app.admission.paper``."""

import json
import sys

from sessions_app.admission.paper.typesetting import typeset

if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(json.load(sys.stdin.buffer)))
