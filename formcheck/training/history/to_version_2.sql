-- body weight, the way down, and clips that are not stored twice
ALTER TABLE session ADD COLUMN body_weight_kg REAL;
ALTER TABLE session ADD COLUMN eccentric_s REAL;
ALTER TABLE session ADD COLUMN clip_key TEXT;
CREATE UNIQUE INDEX session_by_clip ON session (clip_key) WHERE clip_key IS NOT NULL;
