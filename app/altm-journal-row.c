/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-journal-row.h"

#include <glib/gi18n.h>

#include "altm-format.h"
#include "altm-summary.h"

/* How many rows are filled in a frame: a text is measured in the frame in which it came, and that takes long. Those that are
 * seen come first; a list has many more at hand. */
#define SEEN_IN_FRAME 3
#define UNSEEN_IN_FRAME 1

/* Under this name a frame clock knows how many rows its frame has filled. */
#define FILLED "altm-journal-row-filled"

typedef struct
{
  gint64 frame;
  int n_rows[2]; /* unseen and seen */
} Filled;

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
  guint filling;
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
  AltmState state = altm_summary_shown_state (altm_journal_entry_get_state (self->entry),
                                              altm_journal_entry_get_reason (self->entry));
  gboolean is_withdrawn = altm_journal_entry_is_deleted (self->entry);
  g_autofree char *text =
    altm_session_is_training (self->session) ? g_strdup (_("not sent")) : altm_summary_state (self->entry);
  const char *classes[] = { state_classes[state], NULL };

  gtk_widget_set_css_classes (self->state_box, classes);
  gtk_image_set_from_icon_name (self->state_image, altm_summary_state_icon (state, is_withdrawn));
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
fill (AltmJournalRow *self)
{
  g_autofree char *title = altm_summary_title (self->session, self->entry);
  g_autofree char *details = altm_summary_details (self->session, self->entry, g_get_real_time ());
  const char *title_classes[] = { altm_journal_entry_is_deleted (self->entry) ? "withdrawn" : NULL, NULL };

  show_day (self);
  gtk_widget_set_css_classes (GTK_WIDGET (self->title_label), title_classes);
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->details_label, details);
  show_state (self);
  name_item (self, title, details);
  gtk_widget_set_opacity (self->box, 1);
}

static gboolean
is_seen (GtkWidget *widget)
{
  GtkWidget *list = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW);
  graphene_rect_t bounds;

  return list == NULL || !gtk_widget_compute_bounds (widget, list, &bounds) ||
         (bounds.origin.y < gtk_widget_get_height (list) && bounds.origin.y + bounds.size.height > 0);
}

/* Whether the frame that begins can fill one more row. */
static gboolean
take_turn (GdkFrameClock *clock, gboolean is_row_seen)
{
  Filled *filled = g_object_get_data (G_OBJECT (clock), FILLED);

  if (filled == NULL)
    {
      filled = g_new0 (Filled, 1);
      g_object_set_data_full (G_OBJECT (clock), FILLED, filled, g_free);
    }
  if (filled->frame != gdk_frame_clock_get_frame_counter (clock))
    *filled = (Filled) { gdk_frame_clock_get_frame_counter (clock), { 0, 0 } };
  return filled->n_rows[is_row_seen]++ < (is_row_seen ? SEEN_IN_FRAME : UNSEEN_IN_FRAME);
}

static gboolean
fill_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  AltmJournalRow *self = ALTM_JOURNAL_ROW (widget);

  if (!take_turn (clock, is_seen (widget)))
    return G_SOURCE_CONTINUE;
  self->filling = 0;
  fill (self);
  return G_SOURCE_REMOVE;
}

static void
stop_filling (AltmJournalRow *self)
{
  if (self->filling != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->filling);
  self->filling = 0;
}

static void
show (AltmJournalRow *self)
{
  if (self->entry == NULL || !altm_journal_entry_is_loaded (self->entry))
    stop_filling (self);
  else if (self->filling == 0)
    self->filling = gtk_widget_add_tick_callback (GTK_WIDGET (self), fill_cb, NULL, NULL);
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
  /* A row that is empty keeps its height until it is filled. */
  if (entry != self->entry)
    gtk_widget_set_opacity (self->box, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), FALSE);
  watch (self, &self->entry, entry);
  watch (self, &self->above, above);
  show (self);
}

static void
altm_journal_row_dispose (GObject *object)
{
  AltmJournalRow *self = ALTM_JOURNAL_ROW (object);

  stop_filling (self);
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
