/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-post-office-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-columns-layout.h"
#include "altm-contact-page.h"
#include "altm-dialog.h"
#include "altm-format.h"
#include "altm-incident-page.h"
#include "altm-last-button.h"
#include "altm-navigation.h"
#include "altm-shift-summary.h"
#include "altm-stepper.h"
#include "altm-tile.h"
#include "altm-time.h"
#include "altm-wrap-layout.h"

/* The counter of those who come in, which has the large tile. */
#define COUNTER_IN "entres"
#define COUNTER_QUEUE "file_max"
#define COUNTER_WAIT "attente_max_min"

/* Of the contact that somebody is helped in at length. */
#define REGISTER_HELP "lever_incomprehensions"

struct _AltmPostOfficePage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *slot_label;
  GtkImage *disk_image;
  GtkLabel *disk_label;
  AdwBin *in_bin;
  GtkBox *grid;
  AltmStepper *queue;
  GtkLabel *queue_label;
  AltmStepper *wait;
  GtkLabel *wait_label;
  GtkWidget *undo_button;
  GtkLabel *undo_label;
  AltmLastButton *correct_button;
  AltmShiftSummary *summary;

  AltmSession *session;
  GPtrArray *tiles;
  GArray *taps;
  guint n_pending;
  gboolean has_failed;
  gint64 slot;
};

G_DEFINE_FINAL_TYPE (AltmPostOfficePage, altm_post_office_page, GTK_TYPE_WIDGET)

/* What "Undo" takes back: a tap belongs to the quarter of an hour in which it was made. */
typedef struct
{
  AltmTile *tile;
  gint64 time;
} Tap;

/* Counters that are no taps: maxima, and incidents, which are records of their own. */
static const char *const not_tapped[] = { COUNTER_IN, COUNTER_QUEUE, COUNTER_WAIT, "incidents", NULL };

static void
show_undo (AltmPostOfficePage *self)
{
  g_autofree char *text = NULL;
  const Tap *last;

  gtk_widget_set_sensitive (self->undo_button, self->taps->len > 0);
  if (self->taps->len == 0)
    {
      gtk_label_set_label (self->undo_label, _("Undo"));
      return;
    }
  last = &g_array_index (self->taps, Tap, self->taps->len - 1);
  text = g_strdup_printf (_("Undo: %s"), altm_tile_get_caption (last->tile));
  gtk_label_set_label (self->undo_label, text);
}

static void
show_disk (AltmPostOfficePage *self)
{
  const char *icon = "object-select-symbolic";
  const char *text = _("on disk");

  if (self->has_failed)
    {
      icon = "dialog-warning-symbolic";
      text = _("not counted");
    }
  else if (self->n_pending > 0)
    {
      icon = "document-save-symbolic";
      text = _("writing");
    }
  gtk_image_set_from_icon_name (self->disk_image, icon);
  gtk_label_set_label (self->disk_label, text);
}

static void
show_counts (AltmPostOfficePage *self, json_t *counts)
{
  int queue = altm_json_get_integer (counts, COUNTER_QUEUE, 0);
  int wait = altm_json_get_integer (counts, COUNTER_WAIT, 0);
  g_autofree char *text = g_strdup_printf (ngettext ("longest so far: %d person", "longest so far: %d people", queue), queue);
  g_autofree char *waited = g_strdup_printf (ngettext ("longest so far: %d minute", "longest so far: %d minutes", wait), wait);

  for (guint i = 0; i < self->tiles->len; i++)
    {
      AltmTile *tile = self->tiles->pdata[i];

      altm_tile_set_count (tile, altm_json_get_integer (counts, altm_tile_get_code (tile), 0));
    }
  gtk_label_set_label (self->queue_label, text);
  gtk_label_set_label (self->wait_label, waited);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmPostOfficePage) self = user_data;
  g_autoptr (json_t) counts = altm_session_counts_finish (ALTM_SESSION (source), result, NULL);

  if (counts != NULL)
    show_counts (self, counts);
}

/* Which taps were not counted can no longer be told apart from those that were. */
static void
fail (AltmPostOfficePage *self, const GError *error)
{
  if (!self->has_failed)
    altm_dialog_show_uncounted (GTK_WIDGET (self), error);
  self->has_failed = TRUE;
  g_array_set_size (self->taps, 0);
  show_undo (self);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmPostOfficePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (json_t) counts = altm_session_counts_finish (ALTM_SESSION (source), result, &error);

  self->n_pending--;
  if (counts == NULL)
    {
      fail (self, error);
    }
  else
    {
      self->has_failed = FALSE;
      show_counts (self, counts);
    }
  show_disk (self);
}

static void
tile_cb (AltmTile *tile, AltmPostOfficePage *self)
{
  Tap tap = { tile, g_get_real_time () };

  g_array_append_val (self->taps, tap);
  self->n_pending++;
  altm_session_count_async (self->session, altm_tile_get_code (tile), 1, tap.time, counted_cb,
                            g_object_ref (self));
  show_undo (self);
  show_disk (self);
}

static void
undo_cb (AltmPostOfficePage *self)
{
  Tap last;

  if (self->taps->len == 0)
    return;
  last = g_array_index (self->taps, Tap, self->taps->len - 1);
  g_array_set_size (self->taps, self->taps->len - 1);
  self->n_pending++;
  altm_session_count_async (self->session, altm_tile_get_code (last.tile), -1, last.time,
                            counted_cb, g_object_ref (self));
  show_undo (self);
  show_disk (self);
}

static void
raise_maximum (AltmPostOfficePage *self, const char *code, AltmStepper *stepper)
{
  self->n_pending++;
  altm_session_raise_async (self->session, code, altm_stepper_get_value (stepper), counted_cb, g_object_ref (self));
  show_disk (self);
}

static void
queue_cb (AltmPostOfficePage *self)
{
  raise_maximum (self, COUNTER_QUEUE, self->queue);
}

static void
wait_cb (AltmPostOfficePage *self)
{
  raise_maximum (self, COUNTER_WAIT, self->wait);
}

static void
help_cb (AltmPostOfficePage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_contact_page_new (self->session, REGISTER_HELP));
}

static void
incident_cb (AltmPostOfficePage *self)
{
  altm_navigation_push (GTK_WIDGET (self), altm_incident_page_new (self->session, "incident"));
}

static void
load (AltmPostOfficePage *self)
{
  g_autofree char *slot = altm_format_slot (g_get_real_time ());

  self->slot = g_get_real_time () / ALTM_SLOT;
  gtk_label_set_label (self->slot_label, slot);
  altm_session_load_counts_async (self->session, loaded_cb, g_object_ref (self));
}

/* The counts are those of the quarter of an hour, and begin again at nought with the next. */
static void
session_changed_cb (AltmPostOfficePage *self)
{
  if (altm_session_is_on_shift (self->session) && self->slot != g_get_real_time () / ALTM_SLOT)
    load (self);
}

static GtkWidget *
add_tile (AltmPostOfficePage *self, const char *code)
{
  GtkWidget *tile = altm_tile_new (code, altm_session_get_label (self->session, "poste_compteur",
                                                                 code));

  altm_tile_set_count (ALTM_TILE (tile), 0);
  g_signal_connect (tile, "clicked", G_CALLBACK (tile_cb), self);
  g_ptr_array_add (self->tiles, tile);
  return tile;
}

static void
fill_grid (AltmPostOfficePage *self)
{
  json_t *counters = altm_lists_get_vocabulary (altm_session_get_lists (self->session),
                                                "poste_compteur");
  GtkWidget *tile = add_tile (self, COUNTER_IN);
  size_t i;
  json_t *entry;

  gtk_widget_add_css_class (tile, "main");
  adw_bin_set_child (self->in_bin, tile);
  json_array_foreach (counters, i, entry)
    {
      const char *code = altm_json_get_string (entry, "code");

      if (g_strv_contains (not_tapped, code) || json_is_true (json_object_get (entry, "retired")))
        continue;
      gtk_box_append (self->grid, add_tile (self, code));
    }
}

static void
altm_post_office_page_dispose (GObject *object)
{
  AltmPostOfficePage *self = ALTM_POST_OFFICE_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_post_office_page_parent_class)->dispose (object);
}

static void
altm_post_office_page_finalize (GObject *object)
{
  g_ptr_array_unref (ALTM_POST_OFFICE_PAGE (object)->tiles);
  g_array_unref (ALTM_POST_OFFICE_PAGE (object)->taps);
  G_OBJECT_CLASS (altm_post_office_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-post-office-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, slot_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, disk_image);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, disk_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, in_bin);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, grid);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, queue);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, queue_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, wait);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, wait_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, undo_button);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, undo_label);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, correct_button);
  gtk_widget_class_bind_template_child (widget_class, AltmPostOfficePage, summary);
  gtk_widget_class_bind_template_callback (widget_class, queue_cb);
  gtk_widget_class_bind_template_callback (widget_class, wait_cb);
  gtk_widget_class_bind_template_callback (widget_class, help_cb);
  gtk_widget_class_bind_template_callback (widget_class, undo_cb);
  gtk_widget_class_bind_template_callback (widget_class, incident_cb);
}

static void
altm_post_office_page_class_init (AltmPostOfficePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_post_office_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = altm_post_office_page_finalize;
  g_type_ensure (ALTM_TYPE_COLUMNS_LAYOUT);
  g_type_ensure (ALTM_TYPE_LAST_BUTTON);
  g_type_ensure (ALTM_TYPE_SHIFT_SUMMARY);
  g_type_ensure (ALTM_TYPE_STEPPER);
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_post_office_page_init (AltmPostOfficePage *self)
{
  self->tiles = g_ptr_array_new ();
  self->taps = g_array_new (FALSE, FALSE, sizeof (Tap));
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_post_office_page_new (AltmSession *session)
{
  AltmPostOfficePage *self = g_object_new (ALTM_TYPE_POST_OFFICE_PAGE, NULL);

  self->session = g_object_ref (session);
  fill_grid (self);
  altm_last_button_set_session (self->correct_button, session);
  altm_shift_summary_set_session (self->summary, session);
  show_undo (self);
  show_disk (self);
  load (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
