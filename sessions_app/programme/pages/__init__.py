"""What the public's pages show: pure functions from a released schedule to frozen data for templates."""
