-- the knee-to-wall test of either ankle
ALTER TABLE session ADD COLUMN knee_to_wall_left_cm REAL;
ALTER TABLE session ADD COLUMN knee_to_wall_right_cm REAL;
