/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-journal-row.h"

#include <glib/gi18n.h>

#include "altm-format.h"
#include "altm-summary.h"

struct _AltmJournalRow
{
  GtkWidget parent_instance;

  GtkWidget *outer_box;
  GtkLabel *day_label;
  GtkWidget *box;
  GtkLabel *title_label;
  GtkLabel *details_label;
  GtkWidget *state_box;
  GtkImage *state_image;
  GtkLabel *state_label;

  AltmSession *session;
  AltmJournalEntry *entry;
  AltmJournalEntry *above;
};

G_DEFINE_FINAL_TYPE (AltmJournalRow, altm_journal_row, GTK_TYPE_WIDGET)

static const char *const state_classes[] = {
  [ALTM_STATE_QUEUED] = "waiting",
  [ALTM_STATE_ACKNOWLEDGED] = "received",
  [ALTM_STATE_QUARANTINED] = "problem",
};

static void
show_state (AltmJournalRow *self)
{
  AltmState state = altm_journal_entry_get_state (self->entry);
  g_autofree char *text =
    altm_session_is_training (self->session) ? g_strdup (_("not sent")) : altm_summary_state (self->entry);
  const char *classes[] = { state_classes[state], NULL };

  gtk_widget_set_css_classes (self->state_box, classes);
  gtk_image_set_from_icon_name (self->state_image, altm_summary_state_icon (state));
  gtk_label_set_label (self->state_label, text);
}

/* GTK does not name what is pressed, the list's own row around this one, by what is in it. */
static void
name_item (AltmJournalRow *self, const char *title, const char *details)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *name = g_strdup_printf ("%s, %s, %s", title, details, gtk_label_get_label (self->state_label));

  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* The day stands above its first record. */
static void
show_day (AltmJournalRow *self)
{
  gint64 now = g_get_real_time ();
  gboolean is_first = self->above == NULL;
  g_autofree char *day = NULL;

  if (self->above != NULL && altm_journal_entry_is_loaded (self->above))
    is_first = !altm_format_is_same_day (altm_journal_entry_get_time (self->above), altm_journal_entry_get_time (self->entry));
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), is_first);
  if (!is_first)
    return;
  day = altm_format_near_day (altm_journal_entry_get_time (self->entry), now);
  gtk_label_set_label (self->day_label, day);
}

static void
show (AltmJournalRow *self)
{
  gboolean is_loaded = self->entry != NULL && altm_journal_entry_is_loaded (self->entry);
  g_autofree char *title = NULL;
  g_autofree char *details = NULL;

  /* An empty row keeps its height until it is filled. */
  gtk_widget_set_opacity (self->box, is_loaded ? 1 : 0);
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), FALSE);
  if (!is_loaded)
    return;
  show_day (self);
  title = altm_summary_title (self->session, self->entry);
  details = altm_summary_details (self->session, self->entry, g_get_real_time ());
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->details_label, details);
  show_state (self);
  name_item (self, title, details);
}

static void
watch (AltmJournalRow *self, AltmJournalEntry **kept, AltmJournalEntry *entry)
{
  if (*kept != NULL)
    g_signal_handlers_disconnect_by_func (*kept, show, self);
  g_set_object (kept, entry);
  if (entry != NULL)
    g_signal_connect_object (entry, "notify::is-loaded", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
}

/**
 * altm_journal_row_set_entry:
 * @entry: (nullable): what to show
 * @above: (nullable): what stands above it: the day is told where that is another's
 */
void
altm_journal_row_set_entry (AltmJournalRow *self, AltmJournalEntry *entry, AltmJournalEntry *above)
{
  watch (self, &self->entry, entry);
  watch (self, &self->above, above);
  show (self);
}

static void
altm_journal_row_dispose (GObject *object)
{
  AltmJournalRow *self = ALTM_JOURNAL_ROW (object);

  g_clear_pointer (&self->outer_box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_object (&self->entry);
  g_clear_object (&self->above);
  G_OBJECT_CLASS (altm_journal_row_parent_class)->dispose (object);
}

static void
altm_journal_row_class_init (AltmJournalRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_journal_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-journal-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, outer_box);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, day_label);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, box);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, details_label);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, state_box);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, AltmJournalRow, state_label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_journal_row_init (AltmJournalRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_journal_row_new (AltmSession *session)
{
  AltmJournalRow *self = g_object_new (ALTM_TYPE_JOURNAL_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
