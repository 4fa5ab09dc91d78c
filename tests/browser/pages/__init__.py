"""Every state of every page that people see, and how a browser comes to it."""
