/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-incident-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-chips.h"
#include "altm-correction.h"
#include "altm-dialog.h"
#include "altm-navigation.h"
#include "altm-note-row.h"
#include "altm-page-header.h"
#include "altm-privacy-warning.h"
#include "altm-privacy.h"
#include "altm-scroller.h"
#include "altm-uuid.h"

struct _AltmIncidentPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmChips *subjects;
  AltmChips *urgencies;
  GtkEditable *what_row;
  GtkEditable *where_row;
  AltmPrivacyWarning *what_warning;
  AltmPrivacyWarning *where_warning;
  AltmNoteRow *note_row;
  GtkWidget *save_button;

  AltmSession *session;
  char *id;
  json_t *origin;
  json_t *correction;
  AltmDraftKeeper *keeper;
  gboolean is_touched;
};

G_DEFINE_FINAL_TYPE (AltmIncidentPage, altm_incident_page, GTK_TYPE_WIDGET)

/* An incident that is being recorded is not "none". */
static const char *const hidden_subjects[] = { "aucun", NULL };

static const char *const first_subjects[] = {
  "agressivite_verbale", "menaces", "violence_physique", "degradation", "altercation_file",
  "malaise", "non_respect_gestes", "intervention_police", "fermeture", "autre", NULL,
};

static void
touched_cb (AltmIncidentPage *self)
{
  self->is_touched = TRUE;
  if (self->keeper != NULL)
    altm_draft_keeper_save_now (self->keeper);
}

static void
typed_cb (AltmIncidentPage *self)
{
  self->is_touched = TRUE;
  if (self->keeper != NULL)
    altm_draft_keeper_save_soon (self->keeper);
}

static void
subject_cb (AltmIncidentPage *self)
{
  gtk_widget_set_sensitive (self->save_button, altm_chips_get_code (self->subjects) != NULL);
  touched_cb (self);
}

static void
set_code (json_t *data, const char *field, AltmChips *chips)
{
  const char *code = altm_chips_get_code (chips);

  if (code != NULL)
    json_object_set_new (data, field, json_string (code));
}

static void
set_text (json_t *data, const char *field, GtkEditable *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  if (*text != '\0')
    json_object_set_new (data, field, json_string (text));
}

static json_t *
build_data (AltmIncidentPage *self)
{
  json_t *data = json_pack ("{s:s, s:s}", "kind", "incident", "setting", "bureau_poste");

  set_code (data, "subject", self->subjects);
  set_code (data, "urgency", self->urgencies);
  set_text (data, "what", self->what_row);
  set_text (data, "where", self->where_row);
  return data;
}

static json_t *
build_private (AltmIncidentPage *self)
{
  g_autofree char *note = altm_note_row_get_note (self->note_row);

  return note == NULL ? NULL : json_pack ("{s:s}", "note", note);
}

/* What may not be saved in a text that is not sealed is not kept in a draft's either. */
static void
leave_out_personal (json_t *data, const char *field)
{
  const char *text = altm_json_get_string (data, field);

  if (text != NULL && altm_privacy_find (text, ALTM_PRIVACY_ANY, NULL, NULL) != ALTM_PRIVACY_NONE)
    json_object_del (data, field);
}

static void
tell_incident (gpointer form, json_t **data, json_t **private)
{
  AltmIncidentPage *self = form;
  json_t *entered = build_data (self);

  leave_out_personal (entered, "what");
  leave_out_personal (entered, "where");
  *data = json_pack ("{s:O, s:o}", "origin", self->origin, "data", entered);
  altm_correction_keep (self->correction, *data);
  *private = build_private (self);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmIncidentPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = altm_session_finish (ALTM_SESSION (source), result, &error);

  if (!is_saved && self->keeper != NULL)
    altm_draft_keeper_resume (self->keeper);
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (!is_saved)
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("Saved on this tablet"));
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
add_record (AltmIncidentPage *self, AltmEntryList *entries)
{
  json_t *data = altm_correction_apply (self->correction, build_data (self));

  if (self->correction != NULL)
    altm_session_correct (self->session, entries, "observation", self->id, data, build_private (self));
  else
    altm_session_add (self->session, entries, "observation", self->id, self->origin, data, build_private (self));
}

static void
save_cb (AltmIncidentPage *self)
{
  AltmEntryList *entries;

  if (altm_draft_keeper_is_kept (self->keeper))
    {
      altm_note_row_ask (self->note_row);
      return;
    }
  entries = altm_entry_list_new ();
  gtk_widget_set_sensitive (self->save_button, FALSE);
  altm_draft_keeper_pause (self->keeper);
  add_record (self, entries);
  altm_entry_list_add_draft (entries, altm_draft_keeper_get_form (self->keeper));
  altm_session_save_async (self->session, entries, saved_cb, g_object_ref (self));
}

static void
leave_cb (AltmIncidentPage *self)
{
  altm_draft_keeper_discard (self->keeper);
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmIncidentPage *self = ALTM_INCIDENT_PAGE (widget);

  if (!self->is_touched)
    leave_cb (self);
  else
    altm_dialog_ask (widget, _("Leave without saving?"),
                     _("What you entered on this page will not be kept."), _("Stay"), _("Leave"),
                     ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (leave_cb), self);
}

static void
altm_incident_page_dispose (GObject *object)
{
  AltmIncidentPage *self = ALTM_INCIDENT_PAGE (object);

  if (self->keeper != NULL)
    altm_session_close_form (self->session, g_steal_pointer (&self->keeper));
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_incident_page_parent_class)->dispose (object);
}

static void
altm_incident_page_finalize (GObject *object)
{
  g_free (ALTM_INCIDENT_PAGE (object)->id);
  json_decref (ALTM_INCIDENT_PAGE (object)->origin);
  json_decref (ALTM_INCIDENT_PAGE (object)->correction);
  G_OBJECT_CLASS (altm_incident_page_parent_class)->finalize (object);
}

static void
altm_incident_page_class_init (AltmIncidentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_incident_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_incident_page_finalize;
  g_type_ensure (ALTM_TYPE_CHIPS);
  g_type_ensure (ALTM_TYPE_NOTE_ROW);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  g_type_ensure (ALTM_TYPE_PRIVACY_WARNING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-incident-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, subjects);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, urgencies);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, what_row);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, where_row);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, what_warning);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, where_warning);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, note_row);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, save_button);
  gtk_widget_class_bind_template_callback (widget_class, subject_cb);
  gtk_widget_class_bind_template_callback (widget_class, touched_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "incident.back", NULL, back_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "incident.back", NULL);
}

static void
altm_incident_page_init (AltmIncidentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* As long as the record type lets `what` and `where` be. */
static void
watch_text (AltmIncidentPage *self, GtkEditable *row, AltmPrivacyWarning *warning)
{
  gtk_text_set_max_length (GTK_TEXT (gtk_editable_get_delegate (row)), 120);
  altm_privacy_warning_watch (warning, row);
  g_signal_connect_object (row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
}

/* @origin: (transfer full) */
static AltmIncidentPage *
new_page (AltmSession *session, const char *id, json_t *origin)
{
  AltmIncidentPage *self = g_object_new (ALTM_TYPE_INCIDENT_PAGE, NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  self->origin = origin;
  altm_chips_fill (self->subjects, session, "incident", first_subjects, hidden_subjects);
  altm_chips_fill (self->urgencies, session, "urgence", NULL, NULL);
  watch_text (self, self->what_row, self->what_warning);
  watch_text (self, self->where_row, self->where_warning);
  return self;
}

/* From now on what is touched is kept; the note row says itself when it is typed into. */
static void
open_form (AltmIncidentPage *self, gboolean is_touched, gboolean is_kept)
{
  self->keeper = altm_session_open_form (self->session, "incident", self->id, self->id);
  altm_draft_keeper_set_source (self->keeper, tell_incident, self);
  if (is_kept)
    altm_draft_keeper_set_kept (self->keeper);
  altm_note_row_set_keeper (self->note_row, self->session, self->keeper);
  g_signal_connect_object (self->note_row, "changed", G_CALLBACK (typed_cb), self, G_CONNECT_SWAPPED);
  self->is_touched = is_touched;
  if (is_touched)
    altm_draft_keeper_save_now (self->keeper);
}

GtkWidget *
altm_incident_page_new (AltmSession *session)
{
  g_autofree char *id = altm_uuid_new_v7 (g_get_real_time ());
  AltmIncidentPage *self = new_page (session, id, altm_session_new_origin (session));

  open_form (self, FALSE, FALSE);
  return GTK_WIDGET (self);
}

static void
fill_text (GtkEditable *row, const char *text)
{
  if (text != NULL)
    gtk_editable_set_text (row, text);
}

/**
 * altm_incident_page_new_from:
 * @draft: of an incident that was begun, whose record will be of the time and the place at which it was; or of
 *   altm_correction_begin(), of one that is saved
 */
GtkWidget *
altm_incident_page_new_from (AltmSession *session, const AltmDraft *draft)
{
  json_t *data = json_object_get (draft->data, "data");
  AltmIncidentPage *self = new_page (session, draft->id, altm_session_take_origin (session, draft));

  altm_chips_choose (self->subjects, altm_json_get_string (data, "subject"));
  altm_chips_choose (self->urgencies, altm_json_get_string (data, "urgency"));
  fill_text (self->what_row, altm_json_get_string (data, "what"));
  fill_text (self->where_row, altm_json_get_string (data, "where"));
  self->correction = altm_correction_take (draft, build_data (self));
  if (self->correction != NULL)
    altm_note_row_set_is_correction (self->note_row);
  open_form (self, draft->form != NULL, draft->state != ALTM_COPY_NONE);
  return GTK_WIDGET (self);
}
