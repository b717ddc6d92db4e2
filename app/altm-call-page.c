/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-call-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-call-list-page.h"
#include "altm-call-strip.h"
#include "altm-call-timer.h"
#include "altm-chips.h"
#include "altm-dialog.h"
#include "altm-format.h"
#include "altm-last-button.h"
#include "altm-leaving.h"
#include "altm-navigation.h"
#include "altm-note-row.h"
#include "altm-page-header.h"
#include "altm-referral-row.h"
#include "altm-scroller.h"
#include "altm-shift-summary.h"
#include "altm-stepper.h"
#include "altm-unlock-page.h"
#include "altm-uuid.h"
#include "altm-wrap-layout.h"

/* The result that makes it an attempt. */
#define NOT_REACHED "injoignable"

struct _AltmCallPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  AltmCallStrip *strip;
  GtkWidget *unlock_button;
  GtkWidget *list_box;
  GtkLabel *finished_label;
  GtkWidget *finished_box;
  GtkWidget *enter_button;
  GtkLabel *enter_label;
  GtkWidget *alone_label;
  AltmCallTimer *timer;
  GtkWidget *public_button;
  GtkLabel *public_label;
  AltmChips *results;
  GtkWidget *again_group;
  GtkSwitch *again_switch;
  GtkWidget *list_group;
  AdwActionRow *list_row;
  AltmChips *publics;
  AltmStepper *minutes;
  AltmStepper *people;
  GtkWidget *school_box;
  AltmChips *school_themes;
  AltmChips *themes;
  AltmChips *actions;
  AltmChips *registers;
  AltmReferralRow *referral_row;
  AltmNoteRow *note_row;
  GtkWidget *discard_button;
  AltmLastButton *correct_button;
  AltmShiftSummary *summary;
  GtkWidget *save_button;

  AltmSession *session;
  AltmCallList *list;
  char *id;
  char *public;
  json_t *origin;
  AltmDraftKeeper *keeper;
  int number;
  gboolean is_corrected;
  gboolean is_touched;
};

G_DEFINE_FINAL_TYPE (AltmCallPage, altm_call_page, GTK_TYPE_WIDGET)

enum
{
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What comes first on the telephone; the lists say what else there is. */
static const char *const first_results[] = { "informe", "oriente", "resolu", "en_cours", "refus", NOT_REACHED, NULL };
static const char *const first_publics[] = { "habitant", "commercant", "enfant", "parent_famille", NULL };
static const char *const first_themes[] = { "isolement", "acces_droits", "sante",  "logement",
                                            "numerique", "budget",       NULL };
static const char *const first_actions[] = { "appel_nouvelles", "ecoute", "information", "orientation", NULL };
static const char *const first_registers[] = { "presence_active", "lever_incomprehensions", "mise_en_relation",
                                               "informer_sensibiliser", NULL };

/* Those of whom the second of the two telephone figures tells. */
static const char *const families[] = { "enfant", "parent_famille", NULL };

static void
touched_cb (AltmCallPage *self)
{
  if (self->keeper == NULL)
    return;
  self->is_touched = TRUE;
  gtk_widget_set_visible (self->discard_button, TRUE);
  altm_draft_keeper_save_now (self->keeper);
}

static gboolean
is_attempt (AltmCallPage *self)
{
  return g_strcmp0 (altm_chips_get_code (self->results), NOT_REACHED) == 0;
}

static void
ticked_cb (AltmCallPage *self)
{
  if (!self->is_corrected)
    altm_stepper_set_value (self->minutes, altm_call_timer_count_minutes (self->timer));
}

static const AltmCallLine *
get_call (AltmCallPage *self)
{
  const AltmCallLine *next = self->list == NULL ? NULL : altm_call_list_get (self->list, 0);

  return next != NULL && next->number == self->number ? next : NULL;
}

/* A call that nothing was done for yet is always the list's next. */
static void
attach (AltmCallPage *self)
{
  const AltmCallLine *next = self->list == NULL ? NULL : altm_call_list_get (self->list, 0);

  if (!self->is_touched)
    self->number = next == NULL ? 0 : next->number;
  else if (get_call (self) == NULL)
    self->number = 0;
}

static void
show_call (AltmCallPage *self)
{
  const AltmCallLine *call = get_call (self);
  gboolean is_sealed = call != NULL && call->phone == NULL;

  altm_call_strip_show_call (self->strip, call);
  altm_call_timer_set_has_phone (self->timer, call != NULL && !is_sealed);
  gtk_widget_set_visible (self->unlock_button, is_sealed);
  gtk_widget_set_visible (self->alone_label, call == NULL);
  gtk_widget_set_visible (self->again_group, call != NULL && is_attempt (self));
}

/* Where there is nothing more to call, whether that was all of a list, and that another one can be entered. */
static void
show_end (AltmCallPage *self)
{
  guint n_called = self->list == NULL ? 0 : altm_call_list_get_n_called (self->list);
  const char *enter = n_called > 0 ? _("New list") : _("Enter the list of calls");
  g_autofree char *finished = g_strdup_printf (
    ngettext ("The list is finished: %u person called", "The list is finished: %u people called", n_called), n_called);

  gtk_widget_set_visible (self->list_box, self->list != NULL && altm_call_list_get_n (self->list) == 0);
  gtk_widget_set_visible (self->finished_box, n_called > 0);
  gtk_label_set_label (self->finished_label, finished);
  gtk_label_set_label (self->enter_label, enter);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->enter_button), GTK_ACCESSIBLE_PROPERTY_LABEL, enter, -1);
}

static void
show_list (AltmCallPage *self)
{
  guint n = self->list == NULL ? 0 : altm_call_list_get_n (self->list);
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%u still to call", "%u still to call", n), n);
  gboolean is_in_memory = n > 0 && !altm_session_get_lock (self->session)->is_set;
  const char *parts[] = { subtitle, is_in_memory ? _("gone if the app closes: there is no PIN") : "", NULL };
  g_autofree char *text = altm_format_join (parts);

  gtk_widget_set_visible (self->list_group, n > 0);
  adw_action_row_set_subtitle (self->list_row, text);
  show_end (self);
}

static void
update (AltmCallPage *self)
{
  attach (self);
  show_call (self);
  show_list (self);
}

static void
call_cb (AltmCallPage *self)
{
  const AltmCallLine *call = get_call (self);

  /* The page was there since the last call: this one begins now. */
  if (!self->is_touched)
    {
      json_decref (self->origin);
      self->origin = altm_session_new_origin (self->session);
    }
  touched_cb (self);
  if (call != NULL && call->phone != NULL)
    altm_call_timer_dial (self->timer, call->phone);
}

/* Who knows what came of it has hung up. */
static void
result_cb (AltmCallPage *self)
{
  if (altm_chips_get_code (self->results) != NULL)
    altm_call_timer_stop (self->timer);
  touched_cb (self);
  show_call (self);
}

static void
minutes_cb (AltmCallPage *self)
{
  self->is_corrected = TRUE;
  touched_cb (self);
}

static gboolean
is_family (AltmCallPage *self)
{
  return g_strv_contains (families, self->public);
}

static void
show_public (AltmCallPage *self)
{
  const char *label = altm_session_get_label (self->session, "public", self->public);
  g_autofree char *text = g_strdup_printf (_("Who is called: %s"), label);

  gtk_label_set_label (self->public_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->public_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (self->school_box, is_family (self));
}

/* The choice closes once it was made; the keyboard's focus does not go with it. */
static void
close_publics (AltmCallPage *self)
{
  if (gtk_widget_get_focus_child (GTK_WIDGET (self->publics)) != NULL)
    gtk_widget_grab_focus (self->public_button);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->public_button), FALSE);
}

/* One is always chosen. */
static void
public_cb (AltmCallPage *self)
{
  const char *chosen = altm_chips_get_code (self->publics);

  if (chosen == NULL)
    {
      altm_chips_choose (self->publics, self->public);
      return;
    }
  close_publics (self);
  if (g_str_equal (chosen, self->public))
    return;
  g_free (self->public);
  self->public = g_strdup (chosen);
  show_public (self);
  altm_referral_row_set_public (self->referral_row, self->public);
  if (self->list != NULL)
    altm_call_list_set_public (self->list, self->public);
  touched_cb (self);
}

static void
set_codes (json_t *data, const char *field, AltmChips *chips)
{
  json_t *codes = altm_chips_get_codes (chips);

  if (json_array_size (codes) > 0)
    json_object_set (data, field, codes);
  json_decref (codes);
}

static void
set_code (json_t *data, const char *field, const char *code)
{
  if (code != NULL)
    json_object_set_new (data, field, json_string (code));
}

static json_t *
build_data (AltmCallPage *self)
{
  const char *chosen = altm_chips_get_code (self->registers);
  int minutes = self->is_corrected ? altm_stepper_get_value (self->minutes) : altm_call_timer_count_minutes (self->timer);
  json_t *data = json_object ();

  json_object_set (data, "channel", json_object_get (self->origin, "channel"));
  set_code (data, "register", chosen == NULL ? first_registers[0] : chosen);
  set_code (data, "public", self->public);
  set_code (data, "setting", "a_distance");
  json_object_set_new (data, "people", json_integer (altm_stepper_get_value (self->people)));
  set_codes (data, "themes", self->themes);
  if (is_family (self))
    set_codes (data, "school_themes", self->school_themes);
  set_codes (data, "actions", self->actions);
  set_code (data, "result", altm_chips_get_code (self->results));
  if (minutes > 0)
    json_object_set_new (data, "minutes", json_integer (minutes));
  return data;
}

/* Where nobody was reached, nobody was met and nothing was talked about. */
static json_t *
build_record (AltmCallPage *self)
{
  static const char *const of_people[] = { "themes", "school_themes", "actions" };
  json_t *data = build_data (self);

  if (!is_attempt (self))
    return data;
  json_object_set_new (data, "people", json_integer (0));
  for (gsize i = 0; i < G_N_ELEMENTS (of_people); i++)
    json_object_del (data, of_people[i]);
  return data;
}

static json_t *
build_private (AltmCallPage *self)
{
  g_autofree char *note = altm_note_row_get_note (self->note_row);

  return note == NULL ? NULL : json_pack ("{s:s}", "note", note);
}

/* The number is the line's on the list, which says of nobody who it is. */
static json_t *
build_call (AltmCallPage *self)
{
  return json_pack ("{s:I, s:I, s:i, s:b, s:b}", "started", (json_int_t) altm_call_timer_get_started (self->timer),
                    "stopped", (json_int_t) altm_call_timer_get_stopped (self->timer), "number", self->number,
                    "corrected", self->is_corrected, "again", gtk_switch_get_active (self->again_switch));
}

static void
tell_contact (gpointer form, json_t **data, json_t **private)
{
  AltmCallPage *self = form;

  *data = json_pack ("{s:O, s:o, s:o}", "origin", self->origin, "data", build_data (self), "call", build_call (self));
  *private = build_private (self);
}

static AltmEntryList *
begin_save (AltmCallPage *self)
{
  AltmEntryList *entries = altm_entry_list_new ();
  g_autofree char *form = altm_session_name_form ("contact", self->id);
  gboolean is_again = is_attempt (self) && gtk_switch_get_active (self->again_switch);

  altm_session_add (self->session, entries, "contact", self->id, self->origin, build_record (self),
                    build_private (self));
  altm_entry_list_add_draft (entries, form);
  altm_draft_keeper_pause (self->keeper);
  altm_referral_row_begin_save (self->referral_row, entries, self->origin);
  if (get_call (self) != NULL)
    altm_call_list_begin_step (self->list, is_again, entries);
  return entries;
}

static void
end (AltmCallPage *self)
{
  if (self->list == NULL)
    altm_navigation_pop (GTK_WIDGET (self));
  else
    g_signal_emit (self, signals[DONE], 0);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmCallPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = altm_session_finish (ALTM_SESSION (source), result, &error);

  if (self->list != NULL)
    altm_call_list_end_step (self->list, is_saved);
  if (self->keeper == NULL)
    return;
  altm_referral_row_end_save (self->referral_row, is_saved);
  gtk_widget_set_sensitive (self->save_button, TRUE);
  if (is_saved)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("Saved on this tablet"));
      end (self);
      return;
    }
  altm_draft_keeper_resume (self->keeper);
  altm_dialog_show_unsaved (GTK_WIDGET (self), error);
}

static void
save_cb (AltmCallPage *self)
{
  if (altm_draft_keeper_is_kept (self->keeper) || altm_referral_row_is_kept (self->referral_row))
    {
      altm_note_row_ask (self->note_row);
      return;
    }
  gtk_widget_set_sensitive (self->save_button, FALSE);
  altm_session_save_async (self->session, begin_save (self), saved_cb, g_object_ref (self));
}

static void
discard (AltmCallPage *self)
{
  altm_draft_keeper_discard (self->keeper);
  altm_referral_row_discard (self->referral_row);
  altm_session_discard_draft (self->session, self->id);
  end (self);
}

static void
discard_cb (AltmCallPage *self)
{
  altm_dialog_ask (GTK_WIDGET (self), _("Discard this call?"), _("It was not saved, and can’t be brought back."),
                   _("Keep"), _("Yes, discard"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (discard), self);
}

static void
back_action_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AltmCallPage *self = ALTM_CALL_PAGE (widget);

  if (self->list == NULL)
    altm_leaving_keep (widget, self->session, self->keeper, altm_referral_row_get_keeper (self->referral_row));
}

static void
refer_cb (AltmCallPage *self)
{
  g_autoptr (json_t) themes = altm_chips_get_codes (self->themes);

  touched_cb (self);
  altm_referral_row_refer (self->referral_row, themes);
}

/* What goes without saying of a referral is chosen, where nothing else was. */
static void
referred_cb (AltmCallPage *self)
{
  GtkWidget *page = GTK_WIDGET (self);

  if (altm_chips_get_code (self->actions) == NULL)
    altm_chips_choose (self->actions, "orientation");
  if (altm_chips_get_code (self->results) == NULL)
    altm_chips_choose (self->results, "oriente");
  touched_cb (self);
  altm_navigation_pop_to (page);
}

static void
list_cb (AltmCallPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_call_list_page_new (self->session, self->list));
}

static void
unlock_cb (AltmCallPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_unlock_page_new (self->session));
}

/**
 * altm_call_page_open_details:
 *
 * Goes on with a referral whose details were being entered, if there is one.
 */
void
altm_call_page_open_details (AltmCallPage *self)
{
  altm_referral_row_open_details (self->referral_row);
}

/**
 * altm_call_page_is_call:
 * @draft: (nullable): of a contact or something else
 *
 * Returns: whether it is a call that was begun
 */
gboolean
altm_call_page_is_call (const AltmDraft *draft)
{
  return draft != NULL && g_str_has_prefix (draft->form, "contact-") &&
         json_is_object (json_object_get (draft->data, "call"));
}

static void
altm_call_page_dispose (GObject *object)
{
  AltmCallPage *self = ALTM_CALL_PAGE (object);

  if (self->keeper != NULL)
    {
      altm_session_close_form (self->session, g_steal_pointer (&self->keeper));
      altm_referral_row_close (self->referral_row);
    }
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_call_page_parent_class)->dispose (object);
}

static void
altm_call_page_finalize (GObject *object)
{
  AltmCallPage *self = ALTM_CALL_PAGE (object);

  g_free (self->id);
  g_free (self->public);
  json_decref (self->origin);
  G_OBJECT_CLASS (altm_call_page_parent_class)->finalize (object);
}

static void
bind_call (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, strip);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, unlock_button);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, list_box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, finished_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, finished_box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, enter_button);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, enter_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, alone_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, timer);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, public_button);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, public_label);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, list_group);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, list_row);
}

static void
bind_form (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, results);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, again_group);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, again_switch);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, publics);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, minutes);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, people);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, school_box);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, school_themes);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, themes);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, actions);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, registers);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, referral_row);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, note_row);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, discard_button);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, correct_button);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, summary);
  gtk_widget_class_bind_template_child (widget_class, AltmCallPage, save_button);
}

static void
bind_callbacks (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, touched_cb);
  gtk_widget_class_bind_template_callback (widget_class, call_cb);
  gtk_widget_class_bind_template_callback (widget_class, ticked_cb);
  gtk_widget_class_bind_template_callback (widget_class, result_cb);
  gtk_widget_class_bind_template_callback (widget_class, minutes_cb);
  gtk_widget_class_bind_template_callback (widget_class, public_cb);
  gtk_widget_class_bind_template_callback (widget_class, refer_cb);
  gtk_widget_class_bind_template_callback (widget_class, referred_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_cb);
  gtk_widget_class_bind_template_callback (widget_class, unlock_cb);
  gtk_widget_class_bind_template_callback (widget_class, discard_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
ensure_types (void)
{
  g_type_ensure (ALTM_TYPE_CALL_STRIP);
  g_type_ensure (ALTM_TYPE_CALL_TIMER);
  g_type_ensure (ALTM_TYPE_CHIPS);
  g_type_ensure (ALTM_TYPE_NOTE_ROW);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  g_type_ensure (ALTM_TYPE_REFERRAL_ROW);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_LAST_BUTTON);
  g_type_ensure (ALTM_TYPE_SHIFT_SUMMARY);
  g_type_ensure (ALTM_TYPE_STEPPER);
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
}

static void
altm_call_page_class_init (AltmCallPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_call_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_call_page_finalize;
  signals[DONE] =
    g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  ensure_types ();
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-call-page.ui");
  bind_call (widget_class);
  bind_form (widget_class);
  bind_callbacks (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, ALTM_NAVIGATION_BACK, NULL, back_action_cb);
}

static void
altm_call_page_init (AltmCallPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill (AltmCallPage *self)
{
  altm_chips_fill (self->results, self->session, "resultat", first_results, NULL);
  altm_chips_fill (self->publics, self->session, "public", first_publics, NULL);
  altm_chips_fill (self->school_themes, self->session, "theme_ecole", NULL, NULL);
  altm_chips_fill (self->themes, self->session, "theme", first_themes, NULL);
  altm_chips_fill (self->actions, self->session, "action", first_actions, NULL);
  altm_chips_fill (self->registers, self->session, "registre", first_registers, NULL);
}

static void
choose_codes (AltmChips *chips, json_t *codes)
{
  size_t i;
  json_t *code;

  json_array_foreach (codes, i, code)
    altm_chips_choose (chips, json_string_value (code));
}

static void
fill_from (AltmCallPage *self, const AltmDraft *draft)
{
  json_t *data = json_object_get (draft->data, "data");
  json_t *call = json_object_get (draft->data, "call");

  self->number = (int) altm_json_get_integer (call, "number", 0);
  self->is_corrected = json_is_true (json_object_get (call, "corrected"));
  gtk_switch_set_active (self->again_switch, json_is_true (json_object_get (call, "again")));
  altm_stepper_set_value (self->minutes, (int) altm_json_get_integer (data, "minutes", 0));
  altm_call_timer_set_times (self->timer, altm_json_get_integer (call, "started", 0),
                             altm_json_get_integer (call, "stopped", 0));
  altm_stepper_set_value (self->people, (int) altm_json_get_integer (data, "people", 1));
  choose_codes (self->themes, json_object_get (data, "themes"));
  choose_codes (self->school_themes, json_object_get (data, "school_themes"));
  choose_codes (self->actions, json_object_get (data, "actions"));
  altm_chips_choose (self->results, altm_json_get_string (data, "result"));
}

static void
choose_presets (AltmCallPage *self, json_t *data)
{
  const char *register_code = altm_json_get_string (data, "register");
  const char *public = altm_json_get_string (data, "public");

  if (public == NULL && self->list != NULL)
    public = altm_call_list_get_public (self->list);
  self->public = g_strdup (public == NULL ? first_publics[0] : public);
  altm_chips_choose (self->publics, self->public);
  altm_chips_choose (self->registers, register_code == NULL ? first_registers[0] : register_code);
  show_public (self);
}

static void
note_cb (AltmCallPage *self)
{
  self->is_touched = TRUE;
  gtk_widget_set_visible (self->discard_button, TRUE);
}

/* From now on what is touched is kept. */
static void
open_form (AltmCallPage *self, gboolean is_kept)
{
  altm_referral_row_set_contact (self->referral_row, self->session, self->id);
  altm_referral_row_set_public (self->referral_row, self->public);
  self->keeper = altm_session_open_form (self->session, "contact", self->id, self->id);
  altm_draft_keeper_set_source (self->keeper, tell_contact, self);
  if (is_kept)
    altm_draft_keeper_set_kept (self->keeper);
  altm_note_row_set_keeper (self->note_row, self->session, self->keeper);
  g_signal_connect_object (self->note_row, "changed", G_CALLBACK (note_cb), self, G_CONNECT_SWAPPED);
}

static void
show_place (AltmCallPage *self)
{
  gboolean is_alone = self->list == NULL;
  const char *place = altm_json_get_string (self->origin, "place");

  gtk_widget_set_visible (GTK_WIDGET (self->header), is_alone);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), !is_alone);
  altm_page_header_set_titles (self->header, altm_session_get_label (self->session, "canal", "telephone"),
                               altm_session_get_place_name (self->session, place));
  if (is_alone)
    gtk_button_set_label (GTK_BUTTON (self->save_button), _("Save"));
}

static void
watch (AltmCallPage *self)
{
  altm_last_button_set_session (self->correct_button, self->session);
  altm_shift_summary_set_session (self->summary, self->session);
  g_signal_connect_object (self->session, "changed", G_CALLBACK (show_list), self, G_CONNECT_SWAPPED);
  if (self->list != NULL)
    g_signal_connect_object (self->list, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

/**
 * altm_call_page_new:
 * @list: (nullable): the list of calls; %NULL for a page of its own, which goes on with a call of an earlier shift
 * @draft: (nullable): of a call that was begun; its record will be of the time and the place at which it was
 */
GtkWidget *
altm_call_page_new (AltmSession *session, AltmCallList *list, const AltmDraft *draft)
{
  AltmCallPage *self = g_object_new (ALTM_TYPE_CALL_PAGE, NULL);
  gboolean is_sealed = draft != NULL && draft->state != ALTM_COPY_NONE;

  self->session = g_object_ref (session);
  g_set_object (&self->list, list);
  self->id = draft == NULL ? altm_uuid_new_v7 (g_get_real_time ()) : g_strdup (draft->id);
  self->origin = draft == NULL ? altm_session_new_origin (session) : altm_session_take_origin (session, draft);
  fill (self);
  if (draft != NULL)
    fill_from (self, draft);
  choose_presets (self, draft == NULL ? NULL : json_object_get (draft->data, "data"));
  open_form (self, is_sealed);
  if (draft != NULL)
    {
      altm_referral_row_resume (self->referral_row);
      touched_cb (self);
    }
  show_place (self);
  watch (self);
  update (self);
  return GTK_WIDGET (self);
}
