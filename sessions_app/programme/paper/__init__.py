"""The pocket programme: an agenda or a day on a sheet that is folded to A6. Plain data in, a PDF out; no Django."""
