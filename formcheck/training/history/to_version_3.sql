-- whose a fault's value is: mean of both legs, left or right
ALTER TABLE fault_tally ADD COLUMN measure TEXT NOT NULL DEFAULT '';
