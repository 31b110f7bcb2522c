"""From poses to judged repetitions."""
