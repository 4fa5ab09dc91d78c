"""The top: page types and blocks that show all of the rest, the design system, the demo."""
