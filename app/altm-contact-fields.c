/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-contact-fields.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-breakdown-row.h"
#include "altm-campaign.h"
#include "altm-channel.h"
#include "altm-chip.h"
#include "altm-chips.h"
#include "altm-people.h"
#include "altm-record-type.h"
#include "altm-register.h"
#include "altm-stepper.h"
#include "altm-wrap-layout.h"

#define N_SECTIONS 7

struct _AltmContactFields
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *people_box;
  AltmStepper *people_stepper;
  GtkDropDown *public_menu;
  GtkWidget *sections_box;
  AltmBreakdownRow *breakdown_row;
  GtkWidget *minutes_row;
  AltmStepper *minutes_stepper;

  AltmSession *session;
  const AltmChannel *channel;
  const AltmRegister *known;
  json_t *base;
  AltmPeople *people;
  GPtrArray *publics;
  AltmChips *chips[N_SECTIONS];
  GtkWidget *campaign_chip;
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (AltmContactFields, altm_contact_fields, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* A result of calls and visits alone: nobody was there. */
static const char *const attempt_results[] = { "injoignable", NULL };

static gboolean
has_field (AltmContactFields *self, AltmChannelFields field)
{
  return (self->channel->fields & field) != 0;
}

static gboolean
is_always_shown (AltmContactFields *self)
{
  return TRUE;
}

static gboolean
is_at_school (AltmContactFields *self)
{
  return has_field (self, ALTM_CHANNEL_SCHOOL);
}

static gboolean
is_conflict (AltmContactFields *self)
{
  return g_strcmp0 (self->known->code, "situations_conflictuelles") == 0;
}

static gboolean
has_settings (AltmContactFields *self)
{
  return self->channel->settings[0] == NULL || self->channel->settings[1] != NULL;
}

static gboolean
has_origin (AltmContactFields *self)
{
  return has_field (self, ALTM_CHANNEL_ORIGIN);
}

static const char *const *
first_themes (AltmContactFields *self)
{
  return self->known->themes;
}

static const char *const *
first_actions (AltmContactFields *self)
{
  return self->known->actions;
}

static const char *const *
first_results (AltmContactFields *self)
{
  return self->known->results;
}

static const char *const *
first_settings (AltmContactFields *self)
{
  return self->channel->settings;
}

static const char *const *
first_listed (AltmContactFields *self)
{
  return NULL;
}

/* What is chosen by chips, in the order of the page. What can be chosen, and how much of it, is the record type's. */
static const struct
{
  const char *field;
  const char *label;
  const char *more;
  gboolean (*is_shown) (AltmContactFields *self);
  const char *const *(*first) (AltmContactFields *self);
} sections[N_SECTIONS] = {
  { "school_themes", N_("Theme at school (2 at most)"), N_("More…"), is_at_school, first_listed },
  { "themes", N_("Theme (3 at most)"), N_("All themes…"), is_always_shown, first_themes },
  { "conflict_mode", N_("How the conflict was handled"), N_("More…"), is_conflict, first_listed },
  { "actions", N_("What I did"), N_("More…"), is_always_shown, first_actions },
  { "result", N_("Result"), N_("More…"), is_always_shown, first_results },
  { "setting", N_("Setting"), N_("More…"), has_settings, first_settings },
  { "origin", N_("At whose request"), N_("More…"), has_origin, first_listed },
};

static const AltmField *
find_field (const char *name)
{
  return altm_record_type_find_field (altm_record_type_find ("contact"), name);
}

static AltmChips *
get_chips (AltmContactFields *self, const char *field)
{
  for (gsize i = 0; i < N_SECTIONS; i++)
    if (g_str_equal (sections[i].field, field))
      return self->chips[i];
  return NULL;
}

static void
show_people (AltmContactFields *self)
{
  g_object_set (self->people_stepper, "minimum", altm_people_get_least (self->people), NULL);
  altm_stepper_set_value (self->people_stepper, altm_people_get (self->people));
  altm_breakdown_row_update (self->breakdown_row);
}

static void
changed_cb (AltmContactFields *self)
{
  if (!self->is_filling)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
people_cb (AltmContactFields *self)
{
  altm_people_set (self->people, altm_stepper_get_value (self->people_stepper));
  show_people (self);
  changed_cb (self);
}

static void
breakdown_cb (AltmContactFields *self)
{
  show_people (self);
  changed_cb (self);
}

static void
chips_cb (AltmContactFields *self)
{
  const char *result;

  if (self->is_filling)
    return;
  result = altm_chips_get_code (get_chips (self, "result"));
  altm_people_set_attempt (self->people, result != NULL && g_strv_contains (attempt_results, result));
  show_people (self);
  changed_cb (self);
}

static void
add_label (AltmContactFields *self, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_margin_top (label, 8);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_box_append (GTK_BOX (self->sections_box), label);
}

static const char *const *
get_hidden (AltmContactFields *self, const char *field)
{
  gboolean is_attempted = has_field (self, ALTM_CHANNEL_ATTEMPT);

  return g_str_equal (field, "result") && !is_attempted ? attempt_results : NULL;
}

static AltmChips *
add_chips (AltmContactFields *self, gsize section)
{
  const AltmField *field = find_field (sections[section].field);
  guint maximum = field->kind == ALTM_FIELD_CODES ? field->maximum : 1;
  GtkWidget *chips = g_object_new (ALTM_TYPE_CHIPS, "maximum", maximum, "choice", _(sections[section].label),
                                   "more-label", _(sections[section].more), NULL);

  altm_chips_fill (ALTM_CHIPS (chips), self->session, field->list, sections[section].first (self),
                   get_hidden (self, field->name));
  g_signal_connect_object (chips, "changed", G_CALLBACK (chips_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->sections_box), chips);
  return ALTM_CHIPS (chips);
}

/* @value: (nullable): a code, or an array of some */
static void
choose (AltmChips *chips, json_t *value)
{
  size_t i;
  json_t *code;

  altm_chips_choose (chips, json_string_value (value));
  json_array_foreach (value, i, code)
    altm_chips_choose (chips, json_string_value (code));
}

/* What the channel does not ask for is shown where a record says it all the same. */
static void
fill_sections (AltmContactFields *self)
{
  for (gsize i = 0; i < N_SECTIONS; i++)
    {
      json_t *value = json_object_get (self->base, sections[i].field);
      gboolean is_preset = json_is_string (value) && g_strcmp0 (json_string_value (value), self->channel->setting) == 0;

      if (!sections[i].is_shown (self) && (value == NULL || is_preset))
        continue;
      add_label (self, _(sections[i].label));
      self->chips[i] = add_chips (self, i);
      choose (self->chips[i], value);
    }
}

static void
add_public (AltmContactFields *self, GtkStringList *labels, const char *code)
{
  if (code == NULL || g_ptr_array_find_with_equal_func (self->publics, code, g_str_equal, NULL))
    return;
  gtk_string_list_append (labels, altm_session_get_label (self->session, "public", code));
  g_ptr_array_add (self->publics, g_strdup (code));
}

static void
add_listed_publics (AltmContactFields *self, GtkStringList *labels)
{
  AltmLists *lists = altm_session_get_lists (self->session);
  size_t i;
  json_t *entry;

  for (i = 0; self->channel->publics[i] != NULL; i++)
    if (altm_lists_has_code (lists, "public", self->channel->publics[i]))
      add_public (self, labels, self->channel->publics[i]);
  json_array_foreach (altm_lists_get_vocabulary (lists, "public"), i, entry)
    if (!json_is_true (json_object_get (entry, "retired")))
      add_public (self, labels, altm_json_get_string (entry, "code"));
}

static void
fill_publics (AltmContactFields *self)
{
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);
  const char *public = altm_json_get_string (self->base, "public");
  guint selected = 0;

  add_listed_publics (self, labels);
  add_public (self, labels, public);
  gtk_drop_down_set_model (self->public_menu, G_LIST_MODEL (labels));
  if (public != NULL && g_ptr_array_find_with_equal_func (self->publics, public, g_str_equal, &selected))
    gtk_drop_down_set_selected (self->public_menu, selected);
}

/* The one that runs today, or the one that was said already. */
static json_t *
find_campaign (AltmContactFields *self)
{
  const char *code = altm_json_get_string (self->base, "campaign");

  if (code == NULL)
    return altm_campaign_find_running (self->session);
  return altm_lists_find_campaign (altm_session_get_lists (self->session), code);
}

static void
fill_campaign (AltmContactFields *self)
{
  json_t *campaign = find_campaign (self);
  g_autofree char *caption = NULL;

  /* One that HQ has struck off its list would have the contact refused. */
  if (campaign == NULL)
    {
      json_object_del (self->base, "campaign");
      return;
    }
  caption = g_strdup_printf (_("Campaign: %s"), altm_campaign_get_label (self->session, campaign));
  self->campaign_chip = altm_chip_new (altm_json_get_string (campaign, "code"), caption);
  gtk_widget_set_valign (self->campaign_chip, GTK_ALIGN_END);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->campaign_chip),
                                json_object_get (self->base, "campaign") != NULL);
  g_signal_connect_object (self->campaign_chip, "toggled", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_insert_after (self->campaign_chip, self->people_box, gtk_widget_get_parent (GTK_WIDGET (self->public_menu)));
}

static void
fill_minutes (AltmContactFields *self)
{
  int minutes = altm_json_get_integer (self->base, "minutes", 0);

  g_object_set (self->minutes_stepper, "maximum", (int) find_field ("minutes")->maximum, "value", minutes, NULL);
  gtk_widget_set_visible (self->minutes_row, minutes != 0 || has_field (self, ALTM_CHANNEL_MINUTES));
}

/**
 * altm_contact_fields_fill:
 * @data: what a contact says so far, its channel and its register at least; once in a widget's life
 */
void
altm_contact_fields_fill (AltmContactFields *self, AltmSession *session, json_t *data)
{
  self->session = g_object_ref (session);
  self->base = json_deep_copy (data);
  self->channel = altm_channel_find (altm_json_get_string (data, "channel"));
  self->known = altm_register_find (altm_json_get_string (data, "register"));
  self->is_filling = TRUE;
  fill_publics (self);
  fill_campaign (self);
  fill_sections (self);
  fill_minutes (self);
  altm_people_load (self->people, data);
  altm_breakdown_row_set_people (self->breakdown_row, session, self->people);
  show_people (self);
  self->is_filling = FALSE;
}

/* @value: (transfer full) (nullable): NULL where nothing is said */
static void
set_or_drop (json_t *data, const char *field, json_t *value)
{
  if (value == NULL)
    json_object_del (data, field);
  else
    json_object_set_new (data, field, value);
}

static json_t *
get_chosen (AltmChips *chips, const AltmField *field)
{
  const char *code = altm_chips_get_code (chips);

  if (code == NULL)
    return NULL;
  return field->kind == ALTM_FIELD_CODES ? altm_chips_get_codes (chips) : json_string (code);
}

static json_t *
get_campaign (AltmContactFields *self)
{
  if (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->campaign_chip)))
    return NULL;
  return json_string (altm_chip_get_code (ALTM_CHIP (self->campaign_chip)));
}

/**
 * altm_contact_fields_get_data:
 *
 * Returns: (transfer full): the contact's fields as they are on the screen
 */
json_t *
altm_contact_fields_get_data (AltmContactFields *self)
{
  json_t *data = json_deep_copy (self->base);
  int minutes = altm_stepper_get_value (self->minutes_stepper);

  json_object_set_new (data, "public", json_string (altm_contact_fields_get_public (self)));
  altm_people_save (self->people, data);
  for (gsize i = 0; i < N_SECTIONS; i++)
    if (self->chips[i] != NULL)
      set_or_drop (data, sections[i].field, get_chosen (self->chips[i], find_field (sections[i].field)));
  if (self->campaign_chip != NULL)
    set_or_drop (data, "campaign", get_campaign (self));
  set_or_drop (data, "minutes", minutes == 0 ? NULL : json_integer (minutes));
  return data;
}

const char *
altm_contact_fields_get_public (AltmContactFields *self)
{
  guint selected = gtk_drop_down_get_selected (self->public_menu);

  return selected < self->publics->len ? self->publics->pdata[selected] : "habitant";
}

/**
 * altm_contact_fields_get_themes:
 *
 * Returns: (transfer full): an array of codes
 */
json_t *
altm_contact_fields_get_themes (AltmContactFields *self)
{
  return altm_chips_get_codes (get_chips (self, "themes"));
}

/**
 * altm_contact_fields_choose_missing:
 *
 * Chooses what goes without saying, where nothing else was.
 */
void
altm_contact_fields_choose_missing (AltmContactFields *self, const char *action, const char *result)
{
  AltmChips *actions = get_chips (self, "actions");
  AltmChips *results = get_chips (self, "result");

  if (altm_chips_get_code (actions) == NULL)
    altm_chips_choose (actions, action);
  if (altm_chips_get_code (results) == NULL)
    altm_chips_choose (results, result);
}

static void
set_known (AltmSession *session, json_t *data, const char *field, const char *code)
{
  if (altm_lists_has_code (altm_session_get_lists (session), find_field (field)->list, code))
    json_object_set_new (data, field, json_string (code));
}

/* The register that a campaign is about unless one says otherwise: elsewhere it would count what had nothing to do with it. */
#define RAISING_AWARENESS "informer_sensibiliser"

/**
 * altm_contact_fields_new_data:
 *
 * Returns: (transfer full): what a new contact of that channel and register says before anything is touched
 */
json_t *
altm_contact_fields_new_data (AltmSession *session, const char *channel, const char *register_code)
{
  const AltmChannel *known = altm_channel_find (channel);
  json_t *campaign = altm_campaign_find_running (session);
  json_t *data = json_pack ("{s:s*, s:s, s:i}", "channel", channel, "register", register_code, "people", 1);

  set_known (session, data, "setting", known->setting);
  set_known (session, data, "origin", known->origin);
  if (campaign != NULL && g_strcmp0 (register_code, RAISING_AWARENESS) == 0)
    json_object_set (data, "campaign", json_object_get (campaign, "code"));
  return data;
}

static void
altm_contact_fields_dispose (GObject *object)
{
  AltmContactFields *self = ALTM_CONTACT_FIELDS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_contact_fields_parent_class)->dispose (object);
}

static void
altm_contact_fields_finalize (GObject *object)
{
  AltmContactFields *self = ALTM_CONTACT_FIELDS (object);

  altm_people_free (self->people);
  g_ptr_array_unref (self->publics);
  json_decref (self->base);
  G_OBJECT_CLASS (altm_contact_fields_parent_class)->finalize (object);
}

static void
altm_contact_fields_class_init (AltmContactFieldsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_contact_fields_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_contact_fields_finalize;
  g_type_ensure (ALTM_TYPE_BREAKDOWN_ROW);
  g_type_ensure (ALTM_TYPE_STEPPER);
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-contact-fields.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, box);
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, people_box);
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, people_stepper);
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, public_menu);
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, sections_box);
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, breakdown_row);
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, minutes_row);
  gtk_widget_class_bind_template_child (widget_class, AltmContactFields, minutes_stepper);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, people_cb);
  gtk_widget_class_bind_template_callback (widget_class, breakdown_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_contact_fields_init (AltmContactFields *self)
{
  self->people = altm_people_new ();
  self->publics = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}
