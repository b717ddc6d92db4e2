-- SPDX-License-Identifier: GPL-3.0-or-later
-- A second version that fails half-way.
UPDATE things SET name = 'changed';
INSERT INTO nowhere VALUES (1);
