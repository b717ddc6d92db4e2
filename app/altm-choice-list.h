/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ALTM_TYPE_CHOICE_LIST (altm_choice_list_get_type ())
G_DECLARE_FINAL_TYPE (AltmChoiceList, altm_choice_list, ALTM, CHOICE_LIST, GtkWidget)

/** ALTM_CHOICES_SHOWN: how many choices are worth scrolling through; searching finds the rest. */
#define ALTM_CHOICES_SHOWN 80

/**
 * AltmChoiceList: rows to choose one of by a tap. #AltmChoiceList::chosen says which.
 */
void altm_choice_list_clear (AltmChoiceList *self);
void altm_choice_list_add (AltmChoiceList *self, const char *id, const char *title,
                           const char *details, const char *icon_name);
void altm_choice_list_end (AltmChoiceList *self, guint n_left_out);

G_END_DECLS
