"""Admission in the back office: gates, rules, tickets, scans, paper."""
