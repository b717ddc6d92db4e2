/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

#define ALTM_TYPE_DRAFT_BAR (altm_draft_bar_get_type ())
G_DECLARE_FINAL_TYPE (AltmDraftBar, altm_draft_bar, ALTM, DRAFT_BAR, GtkWidget)

/**
 * AltmDraftBar: offers the latest form that was begun and not saved, after a crash or a dead battery;
 * once it is settled, the one before. Hidden where there is none.
 */
void altm_draft_bar_set_session (AltmDraftBar *self, AltmSession *session);

G_END_DECLS
