/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** AltmHqBesideVisit: @line is one that was appended, or what a power cut left of one. */
typedef gboolean (*AltmHqBesideVisit) (const char *line, gpointer data, GError **error);

char *altm_hq_beside_name (const char *directory, const char *suffix);
gboolean altm_hq_beside_append (const char *path, const char *lines, GError **error);
gboolean altm_hq_beside_visit (const char *path, AltmHqBesideVisit visit, gpointer data, GError **error);

G_END_DECLS
