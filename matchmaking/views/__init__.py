"""Pages of the exchange for those who take part in it."""
