"""What the archive's pages show, as plain data in the reader's language."""
