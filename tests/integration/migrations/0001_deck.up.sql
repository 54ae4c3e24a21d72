-- What is on deck and what the masts and buoys at the berths have read.
CREATE TABLE berths (
    name text PRIMARY KEY
);

CREATE TABLE containers (
    number text PRIMARY KEY CHECK (number ~ '^[A-Z]{4}[0-9]{7}$'),
    vessel text NOT NULL,
    berth text NOT NULL REFERENCES berths (name),
    bay smallint NOT NULL CHECK (bay > 0),
    row_number smallint NOT NULL CHECK (row_number >= 0),
    tier smallint NOT NULL CHECK (tier >= 2),
    weight_kg integer NOT NULL CHECK (weight_kg > 0),
    status text NOT NULL CHECK (status IN ('stowed', 'released', 'on hold')),
    UNIQUE (vessel, bay, row_number, tier)
);

CREATE TABLE berth_readings (
    berth text NOT NULL REFERENCES berths (name),
    read_at timestamptz NOT NULL,
    wind_knots smallint NOT NULL CHECK (wind_knots >= 0),
    swell_cm smallint NOT NULL CHECK (swell_cm >= 0),
    PRIMARY KEY (berth, read_at)
);
