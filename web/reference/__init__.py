"""What the title office keeps: code lists, the working-day calendar, the plan of each year."""
