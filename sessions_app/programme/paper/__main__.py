"""Reads a pocket programme as JSON from the input and writes it as PDF: ``python -m sessions_app.programme.paper``."""

import sys

from sessions_app.programme.paper.typesetting import typeset

if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(sys.stdin.buffer.read().decode()))
