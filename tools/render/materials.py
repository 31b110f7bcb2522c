"""Surface kinds the shader distinguishes."""

SKIN = 1
CLOTH = 2
EYE = 3
HAIR = 4
LASH = 5
SHOE = 6
METAL = 7
TOP = 8
FLOOR = 10
WALL = 11
OBJECT = 12
GLOW = 13
