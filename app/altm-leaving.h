/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

void altm_leaving_keep (GtkWidget *page, AltmSession *session, AltmDraftKeeper *keeper, AltmDraftKeeper *other);

G_END_DECLS
