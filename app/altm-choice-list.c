/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-choice-list.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _AltmChoiceList
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *list_box;
  GtkLabel *end_label;

  guint n_choices;
};

G_DEFINE_FINAL_TYPE (AltmChoiceList, altm_choice_list, GTK_TYPE_WIDGET)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

void
altm_choice_list_clear (AltmChoiceList *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->list_box, 0)) != NULL)
    gtk_list_box_remove (self->list_box, GTK_WIDGET (row));
  self->n_choices = 0;
}

/**
 * altm_choice_list_add:
 * @id: what #AltmChoiceList::chosen says
 * @details: (nullable): a second line
 * @icon_name: (nullable): an icon before them
 */
void
altm_choice_list_add (AltmChoiceList *self, const char *id, const char *title, const char *details,
                      const char *icon_name)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (details != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), details);
  if (icon_name != NULL)
    adw_action_row_set_icon_name (ADW_ACTION_ROW (row), icon_name);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "altm-id", g_strdup (id), g_free);
  gtk_list_box_append (self->list_box, row);
  self->n_choices++;
}

/**
 * altm_choice_list_end:
 * @n_left_out: how many choices were not added
 *
 * Says below the rows what is not among them.
 */
void
altm_choice_list_end (AltmChoiceList *self, guint n_left_out)
{
  g_autofree char *text = NULL;

  if (n_left_out > 0)
    text = g_strdup_printf (ngettext ("%u more: type a word to find it.",
                                      "%u more: type a word to find them.", n_left_out),
                            n_left_out);
  else if (self->n_choices == 0)
    text = g_strdup (_("Nothing found. Try fewer letters."));
  gtk_label_set_label (self->end_label, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (self->end_label), text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list_box), self->n_choices > 0);
}

static void
row_activated_cb (AltmChoiceList *self, GtkListBoxRow *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, g_object_get_data (G_OBJECT (row), "altm-id"));
}

static void
altm_choice_list_dispose (GObject *object)
{
  g_clear_pointer (&ALTM_CHOICE_LIST (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (altm_choice_list_parent_class)->dispose (object);
}

static void
altm_choice_list_class_init (AltmChoiceListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_choice_list_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-choice-list.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmChoiceList, box);
  gtk_widget_class_bind_template_child (widget_class, AltmChoiceList, list_box);
  gtk_widget_class_bind_template_child (widget_class, AltmChoiceList, end_label);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_choice_list_init (AltmChoiceList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
