/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-street-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-channel.h"
#include "altm-columns-layout.h"
#include "altm-contact-page.h"
#include "altm-incident-page.h"
#include "altm-last-button.h"
#include "altm-navigation.h"
#include "altm-register.h"
#include "altm-shift-summary.h"
#include "altm-tile.h"

struct _AltmStreetPage
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkBox *grid;
  AltmLastButton *again_button;
  AltmLastButton *correct_button;
  GtkBox *report_grid;
  AltmShiftSummary *summary;

  AltmSession *session;
};

G_DEFINE_FINAL_TYPE (AltmStreetPage, altm_street_page, GTK_TYPE_WIDGET)

static void
tile_cb (AltmTile *tile, AltmStreetPage *self)
{
  altm_navigation_push (GTK_WIDGET (self),
                        altm_contact_page_new (self->session, altm_tile_get_code (tile)));
}

static void
add_tile (AltmStreetPage *self, const char *code)
{
  GtkWidget *tile = altm_tile_new (code, altm_session_get_label (self->session, "registre", code));

  altm_tile_set_icon_name (ALTM_TILE (tile), altm_register_find (code)->icon_name);
  g_signal_connect (tile, "clicked", G_CALLBACK (tile_cb), self);
  gtk_box_append (self->grid, tile);
}

/* Those that the channel needs most come first, then the list's others. */
static void
fill_grid (AltmStreetPage *self)
{
  AltmLists *lists = altm_session_get_lists (self->session);
  const char *const *first = altm_channel_find (altm_session_get_shift (self->session)->channel)->registers;
  size_t i;
  json_t *entry;

  for (i = 0; first[i] != NULL; i++)
    if (altm_lists_has_code (lists, "registre", first[i]))
      add_tile (self, first[i]);
  json_array_foreach (altm_lists_get_vocabulary (lists, "registre"), i, entry)
    {
      const char *code = altm_json_get_string (entry, "code");

      if (!json_is_true (json_object_get (entry, "retired")) && !g_strv_contains (first, code))
        add_tile (self, code);
    }
}

static void
report_cb (AltmTile *tile, AltmStreetPage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_incident_page_new (self->session, altm_tile_get_code (tile)));
}

static void
fill_reports (AltmStreetPage *self)
{
  static const struct
  {
    const char *kind;
    const char *caption;
    const char *icon_name;
  } reports[] = {
    { "veille", N_("Technical problem"), "altm-report-symbolic" },
    { "incident", N_("Incident"), "dialog-warning-symbolic" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reports); i++)
    {
      GtkWidget *tile = altm_tile_new (reports[i].kind, _(reports[i].caption));

      altm_tile_set_icon_name (ALTM_TILE (tile), reports[i].icon_name);
      g_signal_connect (tile, "clicked", G_CALLBACK (report_cb), self);
      gtk_box_append (self->report_grid, tile);
    }
}

static void
altm_street_page_dispose (GObject *object)
{
  AltmStreetPage *self = ALTM_STREET_PAGE (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_street_page_parent_class)->dispose (object);
}

static void
altm_street_page_class_init (AltmStreetPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_street_page_dispose;
  g_type_ensure (ALTM_TYPE_COLUMNS_LAYOUT);
  g_type_ensure (ALTM_TYPE_LAST_BUTTON);
  g_type_ensure (ALTM_TYPE_SHIFT_SUMMARY);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-street-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmStreetPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, AltmStreetPage, grid);
  gtk_widget_class_bind_template_child (widget_class, AltmStreetPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, AltmStreetPage, correct_button);
  gtk_widget_class_bind_template_child (widget_class, AltmStreetPage, report_grid);
  gtk_widget_class_bind_template_child (widget_class, AltmStreetPage, summary);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_street_page_init (AltmStreetPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_street_page_new (AltmSession *session)
{
  AltmStreetPage *self = g_object_new (ALTM_TYPE_STREET_PAGE, NULL);

  self->session = g_object_ref (session);
  fill_grid (self);
  fill_reports (self);
  altm_last_button_set_session (self->again_button, session);
  altm_last_button_set_session (self->correct_button, session);
  altm_shift_summary_set_session (self->summary, session);
  return GTK_WIDGET (self);
}
