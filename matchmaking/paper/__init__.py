"""Templates of paper: cards for tables and a sheet for each participant."""
