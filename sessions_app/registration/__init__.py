"""Floor 3: categories, quotas, questions, registrations, delegations, waiting lists and messages."""
