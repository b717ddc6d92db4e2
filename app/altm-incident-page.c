/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-incident-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-channel.h"
#include "altm-chips.h"
#include "altm-correction.h"
#include "altm-dialog.h"
#include "altm-emergency-page.h"
#include "altm-leaving.h"
#include "altm-navigation.h"
#include "altm-note-row.h"
#include "altm-page-header.h"
#include "altm-privacy-warning.h"
#include "altm-privacy.h"
#include "altm-scroller.h"
#include "altm-undo.h"
#include "altm-uuid.h"

/* What is seen, by the kind of the observation. */
typedef struct
{
  const char *kind;
  const char *title;
  const char *question;
  const char *list;
  const char *const *first;
  const char *reported_first[5];
} Kind;

struct _AltmIncidentPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkLabel *question_label;
  AltmChips *subjects;
  AltmChips *urgencies;
  GtkWidget *emergency_group;
  GtkWidget *settings_label;
  AltmChips *settings;
  AltmChips *reported;
  GtkEditable *what_row;
  GtkEditable *where_row;
  AltmPrivacyWarning *what_warning;
  AltmPrivacyWarning *where_warning;
  AltmNoteRow *note_row;
  GtkWidget *save_button;

  AltmSession *session;
  const Kind *kind;
  json_t *base;
  char *id;
  json_t *origin;
  json_t *correction;
  AltmDraftKeeper *keeper;
  json_t *fresh; /* what the form held before anybody touched it, NULL where it goes on */
};

G_DEFINE_FINAL_TYPE (AltmIncidentPage, altm_incident_page, GTK_TYPE_WIDGET)

/* An incident that is being recorded is not "none". */
static const char *const hidden_subjects[] = { "aucun", NULL };

static const char *const first_subjects[] = {
  "agressivite_verbale", "menaces", "violence_physique", "degradation", "altercation_file",
  "malaise", "non_respect_gestes", "intervention_police", "fermeture", "autre", NULL,
};

static const Kind kinds[] = {
  { "incident", N_("Incident"), N_("What happened?"), "incident", first_subjects,
    { "police_nationale", "police_municipale", "secours", "la_poste" } },
  { "veille", N_("Technical problem"), N_("What is wrong?"), "veille_technique", NULL,
    { "bailleur", "metropole_gestionnaire", "mairie", "copropriete_regie" } },
};

static const Kind *
find_kind (const char *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].kind, kind) == 0)
      return &kinds[i];
  return &kinds[0];
}

static void
touched_cb (AltmIncidentPage *self)
{
  if (self->keeper != NULL)
    altm_draft_keeper_save_now (self->keeper);
}

static void
typed_cb (AltmIncidentPage *self)
{
  if (self->keeper != NULL)
    altm_draft_keeper_save_soon (self->keeper);
}

static void
subject_cb (AltmIncidentPage *self)
{
  gtk_widget_set_sensitive (self->save_button, altm_chips_get_code (self->subjects) != NULL);
  touched_cb (self);
}

/* Whoever is in danger calls first, and goes on with the form afterwards. */
static void
urgency_cb (AltmIncidentPage *self)
{
  gtk_widget_set_visible (self->emergency_group, g_strcmp0 (altm_chips_get_code (self->urgencies), "immediate") == 0);
  touched_cb (self);
}

static void
emergency_cb (AltmIncidentPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_emergency_page_new ());
}

static void
set_code (json_t *data, const char *field, AltmChips *chips)
{
  const char *code = altm_chips_get_code (chips);

  if (code != NULL)
    json_object_set_new (data, field, json_string (code));
  else
    json_object_del (data, field);
}

static void
set_text (json_t *data, const char *field, GtkEditable *row)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  if (*text != '\0')
    json_object_set_new (data, field, json_string (text));
  else
    json_object_del (data, field);
}

static json_t *
build_data (AltmIncidentPage *self)
{
  json_t *data = json_deep_copy (self->base);

  set_code (data, "subject", self->subjects);
  set_code (data, "urgency", self->urgencies);
  set_code (data, "reported_to", self->reported);
  if (gtk_widget_get_visible (GTK_WIDGET (self->settings)))
    set_code (data, "setting", self->settings);
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

static gboolean
is_personal (GtkEditable *row)
{
  return altm_privacy_find (gtk_editable_get_text (row), ALTM_PRIVACY_ANY, NULL, NULL) != ALTM_PRIVACY_NONE;
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

static GtkWidget *reopen (AltmUndo *undo);

static void
offer_undo (AltmIncidentPage *self)
{
  g_autoptr (AltmUndo) undo = altm_undo_new (self->session, self->id, reopen);

  altm_undo_hold (undo, self->origin, build_data (self), build_private (self), NULL);
  altm_undo_offer (undo, GTK_WIDGET (self));
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
  /* Undoing takes a whole record back: one that was there before is corrected once more instead. */
  if (self->correction == NULL)
    offer_undo (self);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("Saved on this tablet"));
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

/* What was gone on with was entered once, whatever is left of it. */
static gboolean
has_entered (AltmIncidentPage *self)
{
  g_autoptr (json_t) data = build_data (self);

  return self->fresh == NULL || altm_draft_keeper_is_kept (self->keeper) ||
         altm_draft_keeper_has_private (self->keeper) || !json_equal (data, self->fresh);
}

static void
leave_without_cb (AltmIncidentPage *self)
{
  altm_leaving_keep (GTK_WIDGET (self), self->session, self->keeper, NULL);
}

static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmIncidentPage *self = ALTM_INCIDENT_PAGE (widget);

  if (!has_entered (self))
    {
      altm_draft_keeper_discard (self->keeper);
      altm_navigation_pop (widget);
    }
  else if (is_personal (self->what_row) || is_personal (self->where_row))
    altm_dialog_ask (widget, _("Leave without saving?"),
                     _("What you chose is kept for later, but not the text that seems to name a person."), _("Stay"),
                     _("Leave"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (leave_without_cb), self);
  else
    leave_without_cb (self);
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
  json_decref (ALTM_INCIDENT_PAGE (object)->base);
  json_decref (ALTM_INCIDENT_PAGE (object)->fresh);
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
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, question_label);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, settings_label);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, settings);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, reported);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, subjects);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, urgencies);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, emergency_group);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, what_row);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, where_row);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, what_warning);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, where_warning);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, note_row);
  gtk_widget_class_bind_template_child (widget_class, AltmIncidentPage, save_button);
  gtk_widget_class_bind_template_callback (widget_class, subject_cb);
  gtk_widget_class_bind_template_callback (widget_class, touched_cb);
  gtk_widget_class_bind_template_callback (widget_class, urgency_cb);
  gtk_widget_class_bind_template_callback (widget_class, emergency_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, ALTM_NAVIGATION_BACK, NULL, back_action_cb);
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

/* The only setting of a channel is not asked for. */
static void
fill_settings (AltmIncidentPage *self)
{
  const AltmChannel *channel = altm_channel_find (altm_json_get_string (self->origin, "channel"));
  const char *setting = altm_json_get_string (self->base, "setting");
  gboolean is_asked = channel->settings[0] == NULL || channel->settings[1] != NULL;

  altm_chips_fill (self->settings, self->session, "lieu", channel->settings, NULL);
  altm_chips_choose (self->settings, setting);
  gtk_widget_set_visible (self->settings_label, is_asked);
  gtk_widget_set_visible (GTK_WIDGET (self->settings), is_asked);
}

static void
fill_text (GtkEditable *row, const char *text)
{
  if (text != NULL)
    gtk_editable_set_text (row, text);
}

static void
fill (AltmIncidentPage *self)
{
  const Kind *kind = self->kind;

  altm_page_header_set_titles (self->header, _(kind->title),
                               altm_session_get_place_name (self->session, altm_json_get_string (self->origin, "place")));
  gtk_label_set_label (self->question_label, _(kind->question));
  g_object_set (self->subjects, "choice", _(kind->question), NULL);
  altm_chips_fill (self->subjects, self->session, kind->list, kind->first, hidden_subjects);
  altm_chips_fill (self->urgencies, self->session, "urgence", NULL, NULL);
  altm_chips_fill (self->reported, self->session, "structure_type", kind->reported_first, NULL);
  altm_chips_choose (self->subjects, altm_json_get_string (self->base, "subject"));
  altm_chips_choose (self->urgencies, altm_json_get_string (self->base, "urgency"));
  altm_chips_choose (self->reported, altm_json_get_string (self->base, "reported_to"));
  fill_settings (self);
  fill_text (self->what_row, altm_json_get_string (self->base, "what"));
  fill_text (self->where_row, altm_json_get_string (self->base, "where"));
}

/* @data: what is said so far, its kind at least; @origin: (transfer full) */
static AltmIncidentPage *
new_page (AltmSession *session, json_t *data, const char *id, json_t *origin)
{
  AltmIncidentPage *self = g_object_new (ALTM_TYPE_INCIDENT_PAGE, NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  self->origin = origin;
  self->base = json_deep_copy (data);
  self->kind = find_kind (altm_json_get_string (data, "kind"));
  fill (self);
  altm_scroller_set_companion (GTK_WIDGET (self->urgencies), self->emergency_group);
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
  if (!is_touched)
    self->fresh = build_data (self);
  else
    altm_draft_keeper_save_now (self->keeper);
}

/**
 * altm_incident_page_new:
 * @kind: of observation: "incident" or "veille"
 */
GtkWidget *
altm_incident_page_new (AltmSession *session, const char *kind)
{
  g_autofree char *id = altm_uuid_new_v7 (g_get_real_time ());
  json_t *origin = altm_session_new_origin (session);
  const char *setting = altm_channel_find (altm_json_get_string (origin, "channel"))->setting;
  g_autoptr (json_t) data = json_pack ("{s:s}", "kind", kind);
  AltmIncidentPage *self;

  if (altm_lists_has_code (altm_session_get_lists (session), "lieu", setting))
    json_object_set_new (data, "setting", json_string (setting));
  self = new_page (session, data, id, origin);

  open_form (self, FALSE, FALSE);
  return GTK_WIDGET (self);
}

static GtkWidget *
reopen (AltmUndo *undo)
{
  g_autofree char *id = altm_uuid_new_v7 (g_get_real_time ());
  AltmIncidentPage *self = new_page (altm_undo_get_session (undo), altm_undo_get_data (undo), id,
                                     json_incref (altm_undo_get_origin (undo)));

  altm_note_row_set_note (self->note_row, altm_undo_get_note (undo));
  open_form (self, TRUE, FALSE);
  return GTK_WIDGET (self);
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
  AltmIncidentPage *self = new_page (session, data, draft->id, altm_session_take_origin (session, draft));

  self->correction = altm_correction_take (draft, build_data (self));
  if (self->correction != NULL)
    altm_note_row_set_is_correction (self->note_row);
  open_form (self, draft->form != NULL, draft->state != ALTM_COPY_NONE);
  return GTK_WIDGET (self);
}
