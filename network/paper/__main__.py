"""Reads a document as JSON from the input and writes it as PDF: ``python -m network.paper``."""

import json
import sys

from network.paper.typesetting import typeset

if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(json.load(sys.stdin.buffer)))
