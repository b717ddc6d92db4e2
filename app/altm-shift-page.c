/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-shift-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-campaign.h"
#include "altm-channel.h"
#include "altm-columns-layout.h"
#include "altm-dialog.h"
#include "altm-due-list.h"
#include "altm-format.h"
#include "altm-holder.h"
#include "altm-navigation.h"
#include "altm-people-page.h"
#include "altm-place-page.h"
#include "altm-tile.h"

struct _AltmShiftPage
{
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkWidget *last_card;
  GtkLabel *when_label;
  GtkLabel *channel_label;
  GtkLabel *where_label;
  GtkLabel *who_label;
  GtkWidget *resume_button;
  GtkWidget *others_button;
  GtkWidget *campaign_card;
  GtkLabel *campaign_label;
  GtkLabel *say_label;
  GtkLabel *other_label;
  GtkBox *channels_grid;
  AltmDueList *due_list;

  AltmSession *session;
};

G_DEFINE_FINAL_TYPE (AltmShiftPage, altm_shift_page, GTK_TYPE_WIDGET)

static void
resumed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmShiftPage) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (self->resume_button, TRUE);
  if (!altm_session_finish (ALTM_SESSION (source), result, &error))
    altm_dialog_show_unsaved (GTK_WIDGET (self), error);
}

static void
resume (AltmShiftPage *self, const char *by, json_t *partners)
{
  const AltmShift *last = altm_session_get_shift (self->session);

  gtk_widget_set_sensitive (self->resume_button, FALSE);
  altm_session_start_shift_async (self->session, last->channel, last->place, by, partners, resumed_cb,
                                  g_object_ref (self));
}

static void
people_cb (AltmShiftPage *self, const char *by, const char *partner)
{
  g_autoptr (json_t) partners = partner == NULL ? NULL : json_pack ("[s]", partner);

  resume (self, by, partners);
}

/* The same shift, by somebody else. */
static void
others_cb (AltmShiftPage *self)
{
  GtkWidget *page = altm_people_page_new (self->session, TRUE);

  g_signal_connect_object (page, "chosen", G_CALLBACK (people_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

static gboolean
are_known (AltmShiftPage *self, const AltmShift *last)
{
  size_t i;
  json_t *partner;

  if (!altm_holder_is_known (self->session, last->by))
    return FALSE;
  json_array_foreach (last->partners, i, partner)
    if (!altm_holder_is_known (self->session, json_string_value (partner)))
      return FALSE;
  return TRUE;
}

/* HQ may have begun to list its mediators since, or retired one of them. */
static void
resume_cb (AltmShiftPage *self)
{
  const AltmShift *last = altm_session_get_shift (self->session);

  if (are_known (self, last))
    resume (self, last->by, last->partners);
  else
    others_cb (self);
}

static void
channel_cb (AltmTile *tile, AltmShiftPage *self)
{
  altm_navigation_push (GTK_WIDGET (self),
                        altm_place_page_new (self->session, altm_tile_get_code (tile)));
}

static void
add_channel (AltmShiftPage *self, const char *code)
{
  GtkWidget *tile = altm_tile_new (code, altm_session_get_label (self->session, "canal", code));

  altm_tile_set_icon_name (ALTM_TILE (tile), altm_channel_find (code)->icon_name);
  g_signal_connect (tile, "clicked", G_CALLBACK (channel_cb), self);
  gtk_box_append (self->channels_grid, tile);
}

static void
fill_channels (AltmShiftPage *self)
{
  json_t *channels = altm_lists_get_vocabulary (altm_session_get_lists (self->session), "canal");
  size_t i;
  json_t *entry;

  json_array_foreach (channels, i, entry)
    {
      const char *code = altm_json_get_string (entry, "code");

      if (!json_is_true (json_object_get (entry, "retired")))
        add_channel (self, code);
    }
}

static void
show_last (AltmShiftPage *self, const AltmShift *last)
{
  g_autofree char *moment = altm_format_moment (last->start, g_get_real_time ());
  g_autofree char *when = g_strdup_printf (_("Last shift: %s"), moment);
  g_autofree char *who = altm_holder_describe_shift (self->session, last);

  gtk_label_set_label (self->when_label, when);
  gtk_label_set_label (self->channel_label,
                       altm_session_get_label (self->session, "canal", last->channel));
  gtk_label_set_label (self->where_label, altm_session_get_place_name (self->session, last->place));
  gtk_label_set_label (self->who_label, who);
  gtk_widget_set_visible (GTK_WIDGET (self->who_label), *who != '\0');
}

static void
fill_last (AltmShiftPage *self)
{
  const AltmShift *last = altm_session_get_shift (self->session);
  gboolean has_last = last != NULL;

  gtk_widget_set_visible (self->last_card, has_last);
  gtk_widget_set_visible (self->others_button, altm_lists_has_mediators (altm_session_get_lists (self->session)));
  gtk_label_set_label (self->other_label, has_last ? _("Another shift") : _("Start a shift"));
  if (has_last)
    show_last (self, last);
}

static void
show_campaign (AltmShiftPage *self)
{
  json_t *campaign = altm_campaign_find_running (self->session);
  const char *say = campaign == NULL ? NULL : altm_campaign_get_say (self->session, campaign);

  gtk_widget_set_visible (self->campaign_card, campaign != NULL);
  if (campaign == NULL)
    return;
  gtk_label_set_label (self->campaign_label, altm_campaign_get_label (self->session, campaign));
  gtk_label_set_label (self->say_label, say == NULL ? "" : say);
  gtk_widget_set_visible (GTK_WIDGET (self->say_label), say != NULL);
}

static void
altm_shift_page_dispose (GObject *object)
{
  AltmShiftPage *self = ALTM_SHIFT_PAGE (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_shift_page_parent_class)->dispose (object);
}

static void
altm_shift_page_class_init (AltmShiftPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_shift_page_dispose;
  g_type_ensure (ALTM_TYPE_COLUMNS_LAYOUT);
  g_type_ensure (ALTM_TYPE_DUE_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-shift-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, last_card);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, when_label);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, channel_label);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, where_label);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, who_label);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, resume_button);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, others_button);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, campaign_card);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, campaign_label);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, say_label);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, other_label);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, channels_grid);
  gtk_widget_class_bind_template_child (widget_class, AltmShiftPage, due_list);
  gtk_widget_class_bind_template_callback (widget_class, resume_cb);
  gtk_widget_class_bind_template_callback (widget_class, others_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_shift_page_init (AltmShiftPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
altm_shift_page_new (AltmSession *session)
{
  AltmShiftPage *self = g_object_new (ALTM_TYPE_SHIFT_PAGE, NULL);

  self->session = g_object_ref (session);
  fill_channels (self);
  fill_last (self);
  altm_due_list_set_session (self->due_list, session);
  show_campaign (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (show_campaign), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
