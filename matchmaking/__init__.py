"""Floor 4: the business contacts exchange, where people find partners and meetings get a slot and a table."""
