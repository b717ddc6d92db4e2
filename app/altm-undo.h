/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-referral.h"
#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_UNDO (altm_undo_get_type ())
G_DECLARE_FINAL_TYPE (AltmUndo, altm_undo, ALTM, UNDO, GObject)

/** AltmUndoReopen: makes a form that holds what @undo holds, for a record of its own. */
typedef GtkWidget *(*AltmUndoReopen) (AltmUndo *undo);

/**
 * AltmUndo: a record that was saved a moment ago, with what its form held, for as long as it can be taken back. Its private
 * text is in memory alone, and goes when the lock closes. Of the main thread.
 */
AltmUndo *altm_undo_new (AltmSession *session, const char *id, AltmUndoReopen reopen);
void altm_undo_hold (AltmUndo *self, json_t *origin, json_t *data, json_t *private, const AltmReferral *referral);
AltmSession *altm_undo_get_session (AltmUndo *self);
json_t *altm_undo_get_origin (AltmUndo *self);
json_t *altm_undo_get_data (AltmUndo *self);
const char *altm_undo_get_note (AltmUndo *self);
AltmReferral *altm_undo_new_referral (AltmUndo *self);
void altm_undo_offer (AltmUndo *self, GtkWidget *from);

G_END_DECLS
