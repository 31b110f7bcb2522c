-- knee pain right after training
ALTER TABLE session ADD COLUMN pain_after REAL;
