CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    day TEXT NOT NULL,
    source TEXT NOT NULL,
    exercise TEXT NOT NULL,
    minutes REAL,
    effort REAL,
    pain_during REAL,
    pain_next_morning REAL,
    knee_flexion_deg REAL,
    hip_drop_ratio REAL,
    file TEXT,
    note TEXT NOT NULL DEFAULT ''
);

CREATE TABLE work_set (
    session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    n_sets INTEGER NOT NULL,
    n_reps INTEGER NOT NULL,
    weight_kg REAL,
    PRIMARY KEY (session_id, position)
) WITHOUT ROWID;

CREATE TABLE fault_tally (
    session_id INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    fault TEXT NOT NULL,
    n_fault INTEGER NOT NULL,
    n_borderline INTEGER NOT NULL,
    n_ok INTEGER NOT NULL,
    n_not_assessable INTEGER NOT NULL,
    value REAL,
    unit TEXT NOT NULL,
    uncertainty REAL,
    PRIMARY KEY (session_id, fault)
) WITHOUT ROWID;

CREATE INDEX session_by_day ON session (day);
