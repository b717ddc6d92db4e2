/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-note-row.h"

#include "altm-privacy-warning.h"

/* PRODUCT: `note` ≤ 300 characters. */
#define NOTE_LENGTH 300

struct _AltmNoteRow
{
  AdwPreferencesRow parent_instance;

  GtkTextView *text_view;
  GtkTextBuffer *buffer;
  AltmPrivacyWarning *warning;
};

G_DEFINE_FINAL_TYPE (AltmNoteRow, altm_note_row, ADW_TYPE_PREFERENCES_ROW)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static char *
get_text (AltmNoteRow *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

/**
 * altm_note_row_get_note:
 *
 * Returns: (nullable) (transfer full): the note, %NULL where there is none
 */
char *
altm_note_row_get_note (AltmNoteRow *self)
{
  char *note = g_strstrip (get_text (self));

  if (*note != '\0')
    return note;
  g_free (note);
  return NULL;
}

static void
cut_to_length (AltmNoteRow *self)
{
  GtkTextIter limit, end;

  if (gtk_text_buffer_get_char_count (self->buffer) <= NOTE_LENGTH)
    return;
  gtk_text_buffer_get_iter_at_offset (self->buffer, &limit, NOTE_LENGTH);
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_delete (self->buffer, &limit, &end);
}

static void
buffer_changed_cb (AltmNoteRow *self)
{
  cut_to_length (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
altm_note_row_class_init (AltmNoteRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (ALTM_TYPE_PRIVACY_WARNING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-note-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, text_view);
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, buffer);
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, warning);
  gtk_widget_class_bind_template_callback (widget_class, buffer_changed_cb);
}

static void
altm_note_row_init (AltmNoteRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_privacy_warning_watch_view (self->warning, self->text_view);
}
