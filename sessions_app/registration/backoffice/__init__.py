"""Registration's part of the back office: who comes, and how one registers."""
