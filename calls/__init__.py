"""Calls and their panels: who sits on the commission of a defence, a contest or a support programme."""
