/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-line.h"
#include "altm-session.h"

G_BEGIN_DECLS

gboolean altm_record_form_can_correct (const AltmLine *line);
GtkWidget *altm_record_form_new (AltmSession *session, const AltmLine *line);

G_END_DECLS
