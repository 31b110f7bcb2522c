"""What a person does over weeks: history, load, warm-up and the plan."""
