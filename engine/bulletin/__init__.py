"""What the offices tell everybody: announcements, templates to download, whom to ask."""
