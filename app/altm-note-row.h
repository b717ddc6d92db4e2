/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_NOTE_ROW (altm_note_row_get_type ())
G_DECLARE_FINAL_TYPE (AltmNoteRow, altm_note_row, ALTM, NOTE_ROW, AdwPreferencesRow)

/**
 * AltmNoteRow: a note of 300 characters at most, sealed when it is saved; it warns while one
 * types what would identify a person. With a keeper it is part of a draft, and goes off the screen
 * when the lock closes.
 */
char *altm_note_row_get_note (AltmNoteRow *self);
void altm_note_row_set_note (AltmNoteRow *self, const char *note);
void altm_note_row_set_keeper (AltmNoteRow *self, AltmSession *session, AltmDraftKeeper *keeper);
void altm_note_row_set_is_correction (AltmNoteRow *self);
void altm_note_row_ask (AltmNoteRow *self);

G_END_DECLS
