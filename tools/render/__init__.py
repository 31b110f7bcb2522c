"""Rendered squatters whose joints are known exactly (sample clips and accuracy grid).

World frame: metres, X to the subject's left, Y to the subject's back, Z up, floor at z = 0,
for a subject whose heading is zero.  Run ``python -m tools.render --help``.
"""
