/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-note-row.h"

#include <glib/gi18n.h>

#include "altm-kept-box.h"
#include "altm-privacy-warning.h"

/* PRODUCT: `note` ≤ 300 characters. */
#define NOTE_LENGTH 300

struct _AltmNoteRow
{
  AdwPreferencesRow parent_instance;

  GtkLabel *hint_label;
  GtkTextView *text_view;
  GtkTextBuffer *buffer;
  AltmPrivacyWarning *warning;
  AltmKeptBox *kept_box;

  AltmSession *session;
  AltmDraftKeeper *keeper;
  gboolean is_correction;
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
  if (self->keeper != NULL)
    altm_draft_keeper_save_soon (self->keeper);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
show_kept (AltmNoteRow *self, AltmKept kept)
{
  altm_kept_box_set_kept (self->kept_box, kept);
  gtk_widget_set_visible (GTK_WIDGET (self->text_view), kept == ALTM_KEPT_NOT);
}

/* What could be undone is forgotten too: Ctrl+Z brings nothing back. */
static void
set_text (AltmNoteRow *self, const char *text)
{
  gtk_text_buffer_set_enable_undo (self->buffer, FALSE);
  gtk_text_buffer_set_text (self->buffer, text, -1);
  gtk_text_buffer_set_enable_undo (self->buffer, TRUE);
}

/**
 * altm_note_row_set_note:
 * @note: (nullable): what the note says from now on
 */
void
altm_note_row_set_note (AltmNoteRow *self, const char *note)
{
  set_text (self, note == NULL ? "" : note);
}

static void
taken_cb (AltmNoteRow *self)
{
  set_text (self, "");
  show_kept (self, ALTM_KEPT_SEALED);
}

static void
opened_cb (AltmNoteRow *self, json_t *private)
{
  const char *note = altm_json_get_string (private, "note");

  set_text (self, note == NULL ? "" : note);
  show_kept (self, ALTM_KEPT_NOT);
  if (private == NULL)
    altm_kept_tell_gone (GTK_WIDGET (self));
}

static void
unreadable_cb (AltmNoteRow *self)
{
  show_kept (self, ALTM_KEPT_UNREADABLE);
}

static void
replace_cb (AltmNoteRow *self)
{
  if (self->keeper == NULL)
    return;
  altm_draft_keeper_replace (self->keeper);
  show_kept (self, ALTM_KEPT_NOT);
  gtk_widget_grab_focus (GTK_WIDGET (self->text_view));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
show_hint (AltmNoteRow *self)
{
  if (self->is_correction)
    return;
  gtk_label_set_label (self->hint_label,
                       altm_session_get_lock (self->session)->is_set
                         ? _("Sealed: headquarters can read it, and so can this tablet with the PIN. No name, no "
                             "telephone.")
                         : _("Sealed: only headquarters can read it. No name, no telephone."));
}

/* HQ reset the PIN, or the tries are spent: nothing is waited for that can't come. */
static void
session_changed_cb (AltmNoteRow *self)
{
  show_hint (self);
  if (altm_draft_keeper_is_kept (self->keeper) && !altm_session_get_lock (self->session)->is_set)
    altm_draft_keeper_open (self->keeper);
}

/**
 * altm_note_row_set_keeper:
 * @keeper: keeps the form's draft, the note included; what is kept of it already is shown when it can be
 */
void
altm_note_row_set_keeper (AltmNoteRow *self, AltmSession *session, AltmDraftKeeper *keeper)
{
  g_set_object (&self->session, session);
  g_set_object (&self->keeper, keeper);
  altm_kept_box_set_session (self->kept_box, session);
  show_hint (self);
  show_kept (self, altm_draft_keeper_is_kept (keeper) ? ALTM_KEPT_SEALED : ALTM_KEPT_NOT);
  g_signal_connect_object (keeper, "taken", G_CALLBACK (taken_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keeper, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keeper, "unreadable", G_CALLBACK (unreadable_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
  if (altm_draft_keeper_is_kept (keeper))
    altm_draft_keeper_open (keeper);
}

/**
 * altm_note_row_set_is_correction:
 *
 * The form corrects a record: the note that it may have is not shown, and stays where nothing is written.
 */
void
altm_note_row_set_is_correction (AltmNoteRow *self)
{
  self->is_correction = TRUE;
  gtk_label_set_label (self->hint_label,
                       _("Left empty, the note stays as it is. What you write here takes its place, sealed."));
}

/**
 * altm_note_row_ask:
 *
 * Asks for the PIN, without which the form's private text can't be saved.
 */
void
altm_note_row_ask (AltmNoteRow *self)
{
  altm_kept_box_ask (self->kept_box);
}

static void
altm_note_row_dispose (GObject *object)
{
  g_clear_object (&ALTM_NOTE_ROW (object)->session);
  g_clear_object (&ALTM_NOTE_ROW (object)->keeper);
  G_OBJECT_CLASS (altm_note_row_parent_class)->dispose (object);
}

static void
altm_note_row_class_init (AltmNoteRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_note_row_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (ALTM_TYPE_KEPT_BOX);
  g_type_ensure (ALTM_TYPE_PRIVACY_WARNING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-note-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, hint_label);
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, text_view);
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, buffer);
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, warning);
  gtk_widget_class_bind_template_child (widget_class, AltmNoteRow, kept_box);
  gtk_widget_class_bind_template_callback (widget_class, buffer_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
}

static void
altm_note_row_init (AltmNoteRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  altm_privacy_warning_watch_view (self->warning, self->text_view);
}
