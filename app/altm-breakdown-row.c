/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-breakdown-row.h"

#include <glib/gi18n.h>

#include "altm-record-type.h"
#include "altm-stepper.h"

struct _AltmBreakdownRow
{
  AdwExpanderRow parent_instance;

  AltmPeople *people;
  GPtrArray *headings;
  GPtrArray *steppers;
};

G_DEFINE_FINAL_TYPE (AltmBreakdownRow, altm_breakdown_row, ADW_TYPE_EXPANDER_ROW)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const struct
{
  const char *field;
  const char *title;
} parts[] = {
  { "ages", N_("By age") },
  { "genders", N_("By gender") },
};

/* Of a stepper: what it counts. */
static const char *
get_word (AltmStepper *stepper, const char *key)
{
  return g_object_get_data (G_OBJECT (stepper), key);
}

static char *
tell_left (int left)
{
  return left == 0 ? g_strdup (_("Everybody is counted"))
                   : g_strdup_printf (ngettext ("%d left to count", "%d left to count", left), left);
}

/**
 * altm_breakdown_row_update:
 *
 * Shows what is counted, after the people have changed.
 */
void
altm_breakdown_row_update (AltmBreakdownRow *self)
{
  for (guint i = 0; i < self->headings->len; i++)
    {
      g_autofree char *left = tell_left (altm_people_get_left (self->people, parts[i].field));

      adw_action_row_set_subtitle (self->headings->pdata[i], left);
    }
  for (guint i = 0; i < self->steppers->len; i++)
    {
      AltmStepper *stepper = self->steppers->pdata[i];

      altm_stepper_set_value (stepper, altm_people_get_count (self->people, get_word (stepper, "altm-field"),
                                                              get_word (stepper, "altm-code")));
    }
}

static void
stepped_cb (AltmBreakdownRow *self, AltmStepper *stepper)
{
  altm_people_set_count (self->people, get_word (stepper, "altm-field"), get_word (stepper, "altm-code"),
                         altm_stepper_get_value (stepper));
  g_signal_emit (self, signals[CHANGED], 0);
}

static GtkWidget *
new_stepper (AltmBreakdownRow *self, const char *field, const char *code, const char *label)
{
  g_autofree char *less = g_strdup_printf (_("One fewer: %s"), label);
  g_autofree char *more = g_strdup_printf (_("One more: %s"), label);
  GtkWidget *stepper = g_object_new (ALTM_TYPE_STEPPER, "less-label", less, "more-label", more, "valign",
                                     GTK_ALIGN_CENTER, NULL);

  g_object_set_data_full (G_OBJECT (stepper), "altm-field", g_strdup (field), g_free);
  g_object_set_data_full (G_OBJECT (stepper), "altm-code", g_strdup (code), g_free);
  g_signal_connect_object (stepper, "changed", G_CALLBACK (stepped_cb), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->steppers, stepper);
  return stepper;
}

static GtkWidget *
new_row (AltmBreakdownRow *self, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  return row;
}

static void
add_heading (AltmBreakdownRow *self, const char *title)
{
  GtkWidget *row = new_row (self, title);

  gtk_widget_add_css_class (row, "heading");
  g_ptr_array_add (self->headings, row);
}

static void
add_count (AltmBreakdownRow *self, AltmSession *session, const AltmField *field, const char *code)
{
  const char *label = altm_session_get_label (session, field->list, code);
  GtkWidget *row = new_row (self, label);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_stepper (self, field->name, code, label));
}

static void
add_part (AltmBreakdownRow *self, AltmSession *session, const AltmField *field)
{
  AltmLists *lists = altm_session_get_lists_with (session, field->list);
  size_t i;
  json_t *entry;

  json_array_foreach (altm_lists_get_vocabulary (lists, field->list), i, entry)
    {
      const char *code = altm_json_get_string (entry, "code");

      if (!json_is_true (json_object_get (entry, "retired")) ||
          altm_people_get_count (self->people, field->name, code) > 0)
        add_count (self, session, field, code);
    }
}

/**
 * altm_breakdown_row_set_people:
 * @people: what is counted in; has to outlive @self
 */
void
altm_breakdown_row_set_people (AltmBreakdownRow *self, AltmSession *session, AltmPeople *people)
{
  const AltmRecordType *contact = altm_record_type_find ("contact");

  self->people = people;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      add_heading (self, _(parts[i].title));
      add_part (self, session, altm_record_type_find_field (contact, parts[i].field));
    }
  altm_breakdown_row_update (self);
}

static void
altm_breakdown_row_finalize (GObject *object)
{
  g_ptr_array_unref (ALTM_BREAKDOWN_ROW (object)->headings);
  g_ptr_array_unref (ALTM_BREAKDOWN_ROW (object)->steppers);
  G_OBJECT_CLASS (altm_breakdown_row_parent_class)->finalize (object);
}

static void
altm_breakdown_row_class_init (AltmBreakdownRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = altm_breakdown_row_finalize;
  g_type_ensure (ALTM_TYPE_STEPPER);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
altm_breakdown_row_init (AltmBreakdownRow *self)
{
  self->headings = g_ptr_array_new ();
  self->steppers = g_ptr_array_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _("By age and gender"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("By age and gender"), -1);
}
