/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_TILE (altm_tile_get_type ())
G_DECLARE_FINAL_TYPE (AltmTile, altm_tile, ALTM, TILE, GtkButton)

/**
 * AltmTile: a large button for a thumb in a glove, with an icon, or with a count.
 */
GtkWidget *altm_tile_new (const char *code, const char *caption);
const char *altm_tile_get_code (AltmTile *self);
const char *altm_tile_get_caption (AltmTile *self);
void altm_tile_set_icon_name (AltmTile *self, const char *icon_name);
void altm_tile_set_count (AltmTile *self, gint64 count);

G_END_DECLS
