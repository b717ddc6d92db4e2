/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-display-group.h"

#include <glib/gi18n.h>

#include "altm-environment.h"

struct _AltmDisplayGroup
{
  AdwPreferencesGroup parent_instance;

  AdwComboRow *size_row;
  AdwComboRow *language_row;

  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (AltmDisplayGroup, altm_display_group, ADW_TYPE_PREFERENCES_GROUP)

/* In percent; the first is that of the system. */
static const int sizes[] = { 0, 100, 125, 150, 200 };

/* Each by its own name, for whoever does not read the other. */
static const struct
{
  const char *code;
  const char *name;
} languages[] = {
  { "", N_("That of the system") },
  { "fr", "Français" },
  { "en", "English" },
};

static void
size_cb (AltmDisplayGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->size_row);

  if (self->settings != NULL && selected < G_N_ELEMENTS (sizes))
    g_settings_set_int (self->settings, "text-size", sizes[selected]);
}

static void
language_cb (AltmDisplayGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->language_row);

  if (self->settings != NULL && selected < G_N_ELEMENTS (languages))
    g_settings_set_string (self->settings, "language", languages[selected].code);
}

static void
fill_sizes (AltmDisplayGroup *self, GSettings *settings)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);
  int chosen = g_settings_get_int (settings, "text-size");
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gtk_string_list_take (texts, sizes[i] == 0 ? g_strdup (_("That of the system"))
                                                 : g_strdup_printf (_("%d%%"), sizes[i]));
      if (sizes[i] == chosen)
        selected = i;
    }
  adw_combo_row_set_model (self->size_row, G_LIST_MODEL (texts));
  adw_combo_row_set_selected (self->size_row, selected);
}

static void
fill_languages (AltmDisplayGroup *self, GSettings *settings)
{
  g_autoptr (GtkStringList) texts = gtk_string_list_new (NULL);
  g_autofree char *chosen = altm_settings_load_language (settings);
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    {
      gtk_string_list_append (texts, i == 0 ? _(languages[i].name) : languages[i].name);
      if (g_str_equal (languages[i].code, chosen))
        selected = i;
    }
  adw_combo_row_set_model (self->language_row, G_LIST_MODEL (texts));
  adw_combo_row_set_selected (self->language_row, selected);
}

static void
altm_display_group_dispose (GObject *object)
{
  AltmDisplayGroup *self = ALTM_DISPLAY_GROUP (object);

  g_clear_object (&self->settings);
  G_OBJECT_CLASS (altm_display_group_parent_class)->dispose (object);
}

static void
altm_display_group_class_init (AltmDisplayGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_display_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-display-group.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmDisplayGroup, size_row);
  gtk_widget_class_bind_template_child (widget_class, AltmDisplayGroup, language_row);
  gtk_widget_class_bind_template_callback (widget_class, size_cb);
  gtk_widget_class_bind_template_callback (widget_class, language_cb);
}

static void
altm_display_group_init (AltmDisplayGroup *self)
{
  g_autoptr (GSettings) settings = altm_settings_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), settings != NULL);
  if (settings == NULL)
    return;
  fill_sizes (self, settings);
  fill_languages (self, settings);
  /* From here on a choice is the person's. */
  self->settings = g_steal_pointer (&settings);
}
