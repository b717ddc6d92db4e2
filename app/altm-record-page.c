/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-record-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-dialog.h"
#include "altm-format.h"
#include "altm-lock-jobs.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-private-page.h"
#include "altm-problem.h"
#include "altm-record-fields.h"
#include "altm-record-form.h"
#include "altm-record-type.h"
#include "altm-scroller.h"
#include "altm-session-withdraw.h"
#include "altm-summary.h"
#include "altm-unlock-page.h"
#include "altm-window.h"

struct _AltmRecordPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkWidget *state_box;
  GtkImage *state_image;
  GtkLabel *state_label;
  GtkLabel *advice_label;
  GtkListBox *fields_list;
  GtkWidget *private_card;
  GtkLabel *private_title;
  GtkLabel *private_label;
  GtkBox *shown_box;
  GtkWidget *show_button;
  GtkWidget *replace_button;
  GtkWidget *remove_button;
  GtkWidget *correct_button;
  GtkWidget *withdraw_button;
  GtkWidget *restore_button;

  AltmSession *session;
  char *id;
  GCancellable *cancellable;
  AltmReading *reading;
  gboolean is_wanted;
  gint64 rev;
};

G_DEFINE_FINAL_TYPE (AltmRecordPage, altm_record_page, GTK_TYPE_WIDGET)

/* The words for what a type of record has in private. */
typedef struct
{
  const char *type;
  const char *title;
  const char *none;
  const char *show;
  const char *add;
  const char *replace;
  const char *remove;
  const char *question;
} Words;

static const Words words[] = {
  { "referral", N_("The person"), N_("Nothing that names the person was recorded."), N_("Show the person"),
    N_("Add the person"), N_("Replace the person"), N_("Remove the person"), N_("Remove the person’s name?") },
  { NULL, N_("Note"), N_("There is no note."), N_("Show the note"), N_("Add a note"), N_("Replace the note"),
    N_("Remove the note"), N_("Remove the note?") },
};

static const Words *
find_words (AltmRecordPage *self)
{
  const char *type = self->reading->latest->line.type;
  gsize i = 0;

  while (words[i].type != NULL && g_strcmp0 (words[i].type, type) != 0)
    i++;
  return &words[i];
}

static void
set_button (GtkWidget *button, const char *text)
{
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static GtkWidget *
new_label (const char *text, const char *const *classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_css_classes (label, (const char **) classes);
  return label;
}

/* @label: (nullable): nothing where the title above says it already */
static GtkWidget *
new_field (const char *label, const char *text)
{
  static const char *const label_classes[] = { "caption", "hint", NULL };
  static const char *const text_classes[] = { NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  if (label != NULL)
    gtk_box_append (GTK_BOX (box), new_label (label, label_classes));
  gtk_box_append (GTK_BOX (box), new_label (text, text_classes));
  return box;
}

static void
add_field (const char *label, const char *text, gpointer data)
{
  AltmRecordPage *self = data;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *field = new_field (label, text);

  gtk_widget_add_css_class (field, "record");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), field);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (self->fields_list, row);
}

/* What was withdrawn is shown as it was. */
static const AltmLine *
get_shown (AltmRecordPage *self)
{
  return self->reading->before != NULL ? &self->reading->before->line : &self->reading->latest->line;
}

static void
show_fields (AltmRecordPage *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->fields_list))) != NULL)
    gtk_list_box_remove (self->fields_list, row);
  altm_record_fields_visit (self->session, get_shown (self), add_field, self);
  gtk_widget_set_visible (GTK_WIDGET (self->fields_list),
                          gtk_widget_get_first_child (GTK_WIDGET (self->fields_list)) != NULL);
}

static const char *
tell_advice (const AltmLatest *latest)
{
  /* By whether it was withdrawn. */
  static const char *const texts[][2] = {
    [ALTM_STATE_QUEUED] = { N_("It waits on this tablet, and is sent by itself."),
                            N_("Its withdrawal waits on this tablet, and is sent by itself.") },
    [ALTM_STATE_ACKNOWLEDGED] = { N_("Headquarters holds it."), N_("Headquarters counts it no more.") },
  };

  if (altm_summary_shown_state (latest->state, latest->reason) == ALTM_STATE_QUARANTINED)
    return _(altm_problem_find (latest->reason)->advice);
  return _(texts[latest->state][latest->line.is_deleted]);
}

static void
show_state (AltmRecordPage *self)
{
  static const char *const classes[] = { "waiting", "received", "problem" };
  const AltmLatest *latest = self->reading->latest;
  AltmState shown = altm_summary_shown_state (latest->state, latest->reason);
  const char *state_classes[] = { classes[shown], NULL };
  g_autofree char *text = altm_summary_tell_state (latest->state, latest->reason, latest->line.is_deleted);

  gtk_widget_set_css_classes (self->state_box, state_classes);
  gtk_image_set_from_icon_name (self->state_image, altm_summary_state_icon (shown, latest->line.is_deleted));
  gtk_label_set_label (self->state_label, text);
  gtk_label_set_label (self->advice_label, tell_advice (latest));
}

/* What was shown is not only hidden: its labels go, and a screen reader finds it nowhere. */
static void
clear_shown (AltmRecordPage *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->shown_box))) != NULL)
    {
      for (GtkWidget *label = gtk_widget_get_first_child (child); label != NULL;
           label = gtk_widget_get_next_sibling (label))
        gtk_label_set_label (GTK_LABEL (label), "");
      gtk_box_remove (self->shown_box, child);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->shown_box), FALSE);
}

static void
show_private_text (AltmRecordPage *self)
{
  const AltmRecordType *type = altm_record_type_find (self->reading->latest->line.type);

  gboolean is_alone = type->private_fields[1].name == NULL;

  for (const AltmField *field = type->private_fields; field->name != NULL; field++)
    {
      const char *text = altm_json_get_string (self->reading->private, field->name);
      const char *label = is_alone ? NULL : altm_record_field_label (field->name);

      if (text != NULL)
        gtk_box_append (self->shown_box, new_field (label, text));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->shown_box), TRUE);
}

static gboolean
has_consent (AltmRecordPage *self)
{
  json_t *consent = json_object_get (self->reading->latest->line.data, "consent");

  return consent == NULL || json_is_true (consent);
}

static const char *
tell_private (AltmRecordPage *self, const Words *told)
{
  if (self->reading->copy == ALTM_COPY_UNREADABLE)
    return _("It can’t be read on this tablet: it was recorded without a PIN, or its keys are gone. Headquarters holds it "
             "or will receive it. It can be replaced or removed here.");
  if (self->reading->copy == ALTM_COPY_READABLE)
    return _("Sealed. Your PIN shows it on this tablet.");
  if (!has_consent (self))
    return _("There was no agreement, so nothing that names the person is kept.");
  return _(told->none);
}

static gboolean
has_private_fields (const AltmLine *line)
{
  const AltmRecordType *type = altm_record_type_find (line->type);

  return !line->is_deleted && type != NULL && type->private_fields->name != NULL;
}

static void
show_private (AltmRecordPage *self)
{
  const Words *told = find_words (self);
  AltmCopyState copy = self->reading->copy;
  gboolean is_shown = self->is_wanted && self->reading->private != NULL;

  clear_shown (self);
  gtk_widget_set_visible (self->private_card, has_private_fields (&self->reading->latest->line));
  gtk_label_set_label (self->private_title, _(told->title));
  gtk_label_set_label (self->private_label, tell_private (self, told));
  gtk_widget_set_visible (GTK_WIDGET (self->private_label), !is_shown);
  set_button (self->show_button, _(told->show));
  set_button (self->replace_button, copy == ALTM_COPY_NONE ? _(told->add) : _(told->replace));
  set_button (self->remove_button, _(told->remove));
  gtk_widget_set_visible (self->show_button, copy == ALTM_COPY_READABLE && !is_shown);
  gtk_widget_set_visible (self->replace_button, copy != ALTM_COPY_NONE || has_consent (self));
  gtk_widget_set_visible (self->remove_button, copy != ALTM_COPY_NONE);
  if (is_shown)
    show_private_text (self);
}

/* What is counted at the door of a post office is put right there, and a shift is not withdrawn from under its records. */
static const char *const withdrawn_types[] = { "contact", "referral", "observation", NULL };

/* A correction may have made the title wrong, which told what the record was when the page was opened. */
static void
show_title (AltmRecordPage *self)
{
  const AltmLine *line = get_shown (self);
  g_autofree char *moment = altm_format_moment (line->time, g_get_real_time ());
  g_autofree char *title = NULL;

  if (self->rev != 0 && self->rev != line->rev)
    {
      title = line->data == NULL ? g_strdup (_("Record")) : altm_summary_record (self->session, line);
      altm_page_header_set_titles (self->header, title, moment);
    }
  self->rev = line->rev;
}

static void
show_buttons (AltmRecordPage *self)
{
  const AltmLine *line = &self->reading->latest->line;

  gtk_widget_set_visible (self->correct_button, altm_record_form_can_correct (line));
  gtk_widget_set_visible (self->withdraw_button, !line->is_deleted && g_strv_contains (withdrawn_types, line->type));
  gtk_widget_set_visible (self->restore_button, self->reading->before != NULL);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  AltmReading *reading = altm_read_finish (result, &error);
  AltmRecordPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reading == NULL)
    {
      g_warning ("A record cannot be read: %s", error->message);
      gtk_label_set_label (self->advice_label, _("This record can’t be read any more on this tablet."));
      return;
    }
  altm_reading_free (self->reading);
  self->reading = reading;
  show_state (self);
  show_fields (self);
  show_private (self);
  show_buttons (self);
  show_title (self);
}

/* One reading at a time: a newer one cancels what came before. The keys go along only where the
 * text was asked for. */
static void
read_again (AltmRecordPage *self)
{
  AltmLockKeeper *keeper = altm_session_get_keeper (self->session);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  altm_read_async (self->session, self->id, self->is_wanted ? altm_lock_keeper_get_pair (keeper) : NULL,
                   self->cancellable, read_cb, self);
}

static void
locked_cb (AltmRecordPage *self)
{
  self->is_wanted = FALSE;
  g_cancellable_cancel (self->cancellable);
  clear_shown (self);
  g_clear_pointer (&self->reading, altm_reading_free);
  read_again (self);
}

static void
want (AltmRecordPage *self)
{
  self->is_wanted = TRUE;
  read_again (self);
}

static void
show_cb (AltmRecordPage *self)
{
  GtkWidget *page;

  if (altm_lock_keeper_is_unlocked (altm_session_get_keeper (self->session)))
    {
      want (self);
      return;
    }
  page = altm_unlock_page_new (self->session);
  g_signal_connect_object (page, "done", G_CALLBACK (want), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

static void
replace_cb (AltmRecordPage *self)
{
  if (self->reading != NULL)
    altm_navigation_push (GTK_WIDGET (self), altm_private_page_new (self->session, self->id,
                                                                    self->reading->latest->line.type));
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmRecordPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_sensitive (self->private_card, TRUE);
  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    altm_dialog_show_unsaved (GTK_WIDGET (self), error);
}

static void
remove_now (AltmRecordPage *self)
{
  gtk_widget_set_sensitive (self->private_card, FALSE);
  altm_session_set_private_async (self->session, self->id, json_null (), removed_cb, g_object_ref (self));
}

static void
remove_cb (AltmRecordPage *self)
{
  if (self->reading == NULL)
    return;
  altm_dialog_ask (GTK_WIDGET (self), _(find_words (self)->question),
                   _("It goes from this tablet, and from headquarters’ state of this record. The figures stay."),
                   _("Keep"), _("Remove"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (remove_now), self);
}

static void
correct_cb (AltmRecordPage *self)
{
  if (self->reading != NULL)
    altm_navigation_push (GTK_WIDGET (self), altm_record_form_new (self->session, &self->reading->latest->line));
}

/* What is offered to be undone: a withdrawal, and whose session. */
#define WITHDRAWAL "withdrawal"

static void
free_withdrawal (gpointer data)
{
  altm_withdrawal_unref (data);
}

static void
undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) window = user_data;
  g_autoptr (GError) error = NULL;

  if (!altm_session_restore_finish (ALTM_SESSION (source), result, &error))
    altm_dialog_show_unsaved (window, error);
}

static void
undo_cb (GObject *undo)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (g_application_get_default ()));

  altm_session_restore_async (g_object_get_data (undo, "session"), g_object_get_data (undo, WITHDRAWAL), undone_cb,
                              g_object_ref (window));
}

static void
offer_undo (AltmRecordPage *self, AltmWithdrawal *withdrawal)
{
  g_autoptr (GObject) undo = g_object_new (G_TYPE_OBJECT, NULL);

  g_object_set_data_full (undo, "session", g_object_ref (self->session), g_object_unref);
  g_object_set_data_full (undo, WITHDRAWAL, altm_withdrawal_ref (withdrawal), free_withdrawal);
  altm_window_offer (GTK_WIDGET (self), _("Record withdrawn"), _("Undo"), G_CALLBACK (undo_cb), undo);
}

static void
withdrawn_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmRecordPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AltmWithdrawal) withdrawal = altm_session_withdraw_finish (ALTM_SESSION (source), result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_sensitive (self->withdraw_button, TRUE);
  if (withdrawal == NULL)
    {
      altm_dialog_show_unsaved (GTK_WIDGET (self), error);
      return;
    }
  altm_session_discard_draft (self->session, self->id);
  altm_session_discard_private (self->session, self->id);
  offer_undo (self, withdrawal);
  altm_navigation_pop (GTK_WIDGET (self));
}

static void
withdraw_now (AltmRecordPage *self)
{
  gtk_widget_set_sensitive (self->withdraw_button, FALSE);
  altm_session_withdraw_async (self->session, self->id, withdrawn_cb, g_object_ref (self));
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmRecordPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_restored = altm_session_restore_finish (ALTM_SESSION (source), result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_sensitive (self->restore_button, TRUE);
  if (is_restored)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("Saved on this tablet"));
  else
    altm_dialog_show_unsaved (GTK_WIDGET (self), error);
}

/* What it was is there again with its next revision: nothing is lost by it, so nothing is asked. */
static void
restore_cb (AltmRecordPage *self)
{
  gtk_widget_set_sensitive (self->restore_button, FALSE);
  altm_session_restore_withdrawn_async (self->session, self->id, restored_cb, g_object_ref (self));
}

static char *
tell_withdrawal (int n_referrals)
{
  if (n_referrals == 0)
    return g_strdup (_("Headquarters will count it no more. Its note, if it has one, can’t be read any more."));
  return g_strdup_printf (ngettext ("Headquarters will count it no more. Its referral goes with it.",
                                    "Headquarters will count it no more. Its %d referrals go with it.", n_referrals),
                          n_referrals);
}

static void
withdraw_cb (AltmRecordPage *self)
{
  g_autofree char *told = NULL;

  if (self->reading == NULL)
    return;
  told = tell_withdrawal (self->reading->n_referrals);
  altm_dialog_ask (GTK_WIDGET (self), _("Withdraw this record?"), told, _("Keep"), _("Withdraw"),
                   ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (withdraw_now), self);
}

static void
altm_record_page_dispose (GObject *object)
{
  AltmRecordPage *self = ALTM_RECORD_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->box != NULL)
    clear_shown (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->reading, altm_reading_free);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (altm_record_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-record-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, state_box);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, state_image);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, state_label);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, advice_label);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, fields_list);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, private_card);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, private_title);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, private_label);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, shown_box);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, show_button);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, replace_button);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, remove_button);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, correct_button);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, withdraw_button);
  gtk_widget_class_bind_template_child (widget_class, AltmRecordPage, restore_button);
  gtk_widget_class_bind_template_callback (widget_class, correct_cb);
  gtk_widget_class_bind_template_callback (widget_class, withdraw_cb);
  gtk_widget_class_bind_template_callback (widget_class, restore_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
  gtk_widget_class_bind_template_callback (widget_class, replace_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
altm_record_page_class_init (AltmRecordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_record_page_dispose;
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_record_page_init (AltmRecordPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * altm_record_page_new:
 * @entry: a loaded entry of the journal: which record; what the page shows is read anew
 */
GtkWidget *
altm_record_page_new (AltmSession *session, AltmJournalEntry *entry)
{
  AltmRecordPage *self = g_object_new (ALTM_TYPE_RECORD_PAGE, NULL);
  g_autofree char *title = altm_summary_title (session, entry);
  g_autofree char *details = altm_summary_details (session, entry, g_get_real_time ());

  self->session = g_object_ref (session);
  self->id = g_strdup (altm_journal_entry_get_id (entry));
  altm_page_header_set_titles (self->header, title, details);
  g_signal_connect_object (session, "changed", G_CALLBACK (read_again), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (altm_session_get_keeper (session), "locked", G_CALLBACK (locked_cb), self,
                           G_CONNECT_SWAPPED);
  read_again (self);
  return GTK_WIDGET (self);
}
