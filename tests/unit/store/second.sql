-- SPDX-License-Identifier: GPL-3.0-or-later
-- Its second version.
ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7;
