/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-incident-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-chips.h"
#include "altm-dialog.h"
#include "altm-navigation.h"
#include "altm-note-row.h"
#include "altm-page-header.h"
#include "altm-privacy-warning.h"
#include "altm-scroller.h"

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
};

G_DEFINE_FINAL_TYPE (AltmIncidentPage, altm_incident_page, GTK_TYPE_WIDGET)

/* An incident that is being recorded is not "none". */
static const char *const hidden_subjects[] = { "aucun", NULL };

static const char *const first_subjects[] = {
  "agressivite_verbale", "menaces", "violence_physique", "degradation", "altercation_file",
  "malaise", "non_respect_gestes", "intervention_police", "fermeture", "autre", NULL,
};

static void
subject_cb (AltmIncidentPage *self)
{
  gtk_widget_set_sensitive (self->save_button, altm_chips_get_code (self->subjects) != NULL);
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
  const char *urgency = altm_chips_get_code (self->urgencies);
  json_t *data = json_pack ("{s:s, s:s, s:s}", "kind", "incident", "subject",
                            altm_chips_get_code (self->subjects), "setting", "bureau_poste");

  if (urgency != NULL)
    json_object_set_new (data, "urgency", json_string (urgency));
  set_text (data, "what", self->what_row);
  set_text (data, "where", self->where_row);
  return data;
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmIncidentPage) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _("Saved on this tablet"));
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
save_cb (AltmIncidentPage *self)
{
  AltmEntryList *entries = altm_entry_list_new ();
  g_autofree char *note = altm_note_row_get_note (self->note_row);

  gtk_widget_set_sensitive (self->save_button, FALSE);
  altm_session_add (self->session, entries, "observation", NULL, build_data (self),
                    note == NULL ? NULL : json_pack ("{s:s}", "note", note));
  altm_session_save_async (self->session, entries, saved_cb, g_object_ref (self));
}

static void
altm_incident_page_dispose (GObject *object)
{
  AltmIncidentPage *self = ALTM_INCIDENT_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_incident_page_parent_class)->dispose (object);
}

static void
altm_incident_page_class_init (AltmIncidentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_incident_page_dispose;
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
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_incident_page_init (AltmIncidentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* As long as the record type lets `what` and `where` be. */
static void
watch_text (GtkEditable *row, AltmPrivacyWarning *warning)
{
  gtk_text_set_max_length (GTK_TEXT (gtk_editable_get_delegate (row)), 120);
  altm_privacy_warning_watch (warning, row);
}

GtkWidget *
altm_incident_page_new (AltmSession *session)
{
  AltmIncidentPage *self = g_object_new (ALTM_TYPE_INCIDENT_PAGE, NULL);

  self->session = g_object_ref (session);
  altm_chips_fill (self->subjects, session, "incident", first_subjects, hidden_subjects);
  altm_chips_fill (self->urgencies, session, "urgence", NULL, NULL);
  watch_text (self->what_row, self->what_warning);
  watch_text (self->where_row, self->where_warning);
  return GTK_WIDGET (self);
}
