"""The matchmaker's pages in the back office: set-up, tables, plan, board, yield, paper."""
