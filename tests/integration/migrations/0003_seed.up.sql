-- One vessel at each berth but the last, and three readings an hour of which the mean is a round number.
INSERT INTO berths (name) VALUES
('North 1'), ('North 2'), ('South 1'), ('South 2'), ('Roads');

INSERT INTO containers (number, vessel, berth, bay, row_number, tier, weight_kg, status) VALUES
('MSKU4711083', 'Nordlys', 'North 1', 12, 4, 82, 21400, 'released'),
('HLXU2004515', 'Nordlys', 'North 1', 12, 6, 82, 8900, 'on hold'),
('TCLU8150047', 'Havbris', 'South 1', 3, 1, 84, 27650, 'released'),
('CMAU0302616', 'Havbris', 'South 1', 5, 0, 2, 18200, 'stowed'),
('OOLU6631284', 'Tromsfjord', 'South 2', 21, 2, 86, 12050, 'released');

INSERT INTO berth_readings (berth, read_at, wind_knots, swell_cm) VALUES
('North 1', '2026-11-22 09:00:00+00', 13, 55),
('North 1', '2026-11-22 09:20:00+00', 14, 60),
('North 1', '2026-11-22 09:40:00+00', 15, 65),
('North 2', '2026-11-22 09:00:00+00', 17, 70),
('North 2', '2026-11-22 09:20:00+00', 18, 80),
('North 2', '2026-11-22 09:40:00+00', 19, 90),
('South 1', '2026-11-22 08:40:00+00', 12, 40),
('South 1', '2026-11-22 09:00:00+00', 40, 110),
('South 1', '2026-11-22 09:20:00+00', 42, 120),
('South 1', '2026-11-22 09:40:00+00', 44, 130),
('South 2', '2026-11-22 09:00:00+00', 20, 85),
('South 2', '2026-11-22 09:20:00+00', 22, 95),
('South 2', '2026-11-22 09:40:00+00', 24, 105);
