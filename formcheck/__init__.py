"""formcheck: honest, evidence-based squat checks from video."""

__version__ = "0.1.0"
