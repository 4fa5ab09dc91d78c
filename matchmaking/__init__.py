"""Floor 4, not built yet: the business contacts exchange."""
