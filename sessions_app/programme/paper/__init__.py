"""Templates of paper: the pocket programme, an agenda or a day on a sheet that is folded to A6."""
