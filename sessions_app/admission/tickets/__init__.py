"""What stands in the QR code of a ticket: written, signed and read without Django."""
