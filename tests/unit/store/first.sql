-- SPDX-License-Identifier: GPL-3.0-or-later
-- A schema's first version, for the tests of migration.
CREATE TABLE things (name TEXT NOT NULL) STRICT;
