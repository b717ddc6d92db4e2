/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_WRAP_LAYOUT (altm_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (AltmWrapLayout, altm_wrap_layout, ALTM, WRAP_LAYOUT, GtkLayoutManager)

/**
 * AltmWrapLayout: children side by side at their own widths, on as many lines as it takes;
 * those that expand share what is left of their line.
 * (GtkFlowBox aligns them in columns; AdwWrapBox came with libadwaita 1.7.)
 */

G_END_DECLS
