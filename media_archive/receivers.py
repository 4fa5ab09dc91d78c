"""What the archive answers to lower floors."""
