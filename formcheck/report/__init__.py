"""What was found, told: records, words, pictures, plots and pages."""
