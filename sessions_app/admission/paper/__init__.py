"""Paper of an event as PDF: badges, tickets, name tents, lists for the door. Plain data in, a PDF out; no Django."""
