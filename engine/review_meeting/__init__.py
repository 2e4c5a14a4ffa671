"""Review meetings: setting up, assigning, scoring, the ballot."""
