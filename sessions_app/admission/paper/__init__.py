"""Templates of paper: badges, tickets, name tents, lists for the door; and their codes as pictures, without Django."""
