"""Analyses in processes of their own, asked for by the pages."""
