/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "altm-session.h"

G_BEGIN_DECLS

void altm_about_show (GtkWidget *from, AltmSession *session);

G_END_DECLS
