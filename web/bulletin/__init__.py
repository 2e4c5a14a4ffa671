"""Announcements, papers to download, whom to ask."""
