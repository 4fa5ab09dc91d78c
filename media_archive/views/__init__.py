"""Pages and files of the archive for viewers."""
