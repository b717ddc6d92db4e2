/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void altm_reader_start (void);

void altm_reader_tell (GtkWidget *widget, const char *text);

G_END_DECLS
