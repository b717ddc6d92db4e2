/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_COLUMNS_LAYOUT (altm_columns_layout_get_type ())
G_DECLARE_FINAL_TYPE (AltmColumnsLayout, altm_columns_layout, ALTM, COLUMNS_LAYOUT, GtkLayoutManager)

/**
 * AltmColumnsLayout: children of one size in two columns, or in one where the widest of them has not got its natural
 * width in half of the room: large text goes on below instead of being cut.
 * (GtkGrid keeps its columns; GtkFlowBox wants its children selected, and whole rows of text beside each other.)
 */

G_END_DECLS
