"""Committees, their filings and composition; experts, their profiles, the pools they are in."""
