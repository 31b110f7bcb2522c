"""Poses: found in pictures, kept as tracks, repaired, smoothed and measured."""
