/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-follow-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <time.h>

#include "altm-chips.h"
#include "altm-dialog.h"
#include "altm-due-words.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-referral-page.h"
#include "altm-scroller.h"
#include "altm-stepper.h"
#include "altm-structure-card.h"

#define WEEK 7
#define MONTH 30

struct _AltmFollowPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkWidget *due_box;
  GtkImage *due_image;
  GtkLabel *due_label;
  GtkLabel *hq_label;
  GtkWidget *saved_box;
  AltmChips *statuses;
  GtkWidget *later_box;
  GtkWidget *days_box;
  AltmStepper *days;
  GtkWidget *day_button;
  GtkLabel *day_label;
  AltmStructureCard *card;

  AltmSession *session;
  char *id;
  char *status;
  gboolean is_showing;
};

G_DEFINE_FINAL_TYPE (AltmFollowPage, altm_follow_page, GTK_TYPE_WIDGET)

/* What is heard most when one asks again comes first; all are shown, one tap away. */
static const char *const statuses[] = {
  "prise_en_charge", "transmise", "acceptee", "non_honoree", "sans_retour", "refusee", "proposee", "close", NULL,
};

/* What is handed to the store's thread. */
typedef struct
{
  char *id;
  char *status;
  char *due;
  char *structure;
  char *structure_type;
} Change;

static void
change_free (gpointer data)
{
  Change *self = data;

  g_free (self->id);
  g_free (self->status);
  g_free (self->due);
  g_free (self->structure);
  g_free (self->structure_type);
  g_free (self);
}

static gboolean
change_in_store (AltmStore *store, gpointer data, GError **error)
{
  const Change *change = data;
  const AltmFollowUpChange said = { change->status, change->due, change->structure, change->structure_type };

  return altm_follow_up_change (store, change->id, &said, g_get_real_time (), error);
}

static void
choose_status (AltmFollowPage *self, const char *status)
{
  g_free (self->status);
  self->status = g_strdup (status);
  self->is_showing = TRUE;
  altm_chips_choose (self->statuses, status);
  self->is_showing = FALSE;
}

static void
show_due (AltmFollowPage *self, const AltmFollowUp *referral)
{
  const char *classes[] = { altm_due_words_class (referral->kind), NULL };
  g_autofree char *due = altm_due_words_due (self->session, referral);

  gtk_widget_set_css_classes (self->due_box, classes);
  gtk_image_set_from_icon_name (self->due_image, altm_due_words_icon (referral->kind));
  gtk_label_set_label (self->due_label, due);
}

static void
show (AltmFollowPage *self, const AltmFollowUp *referral)
{
  g_autofree char *hq = altm_due_words_hq (self->session, referral, g_get_real_time ());
  g_autofree char *details = altm_due_words_details (self->session, referral);

  altm_page_header_set_titles (self->header, altm_due_words_title (self->session, referral), details);
  show_due (self, referral);
  gtk_label_set_label (self->hq_label, hq == NULL ? _("Headquarters has reported nothing yet.") : hq);
  choose_status (self, referral->status);
  gtk_widget_set_visible (self->later_box, referral->kind != ALTM_FOLLOW_UP_CLOSED);
  altm_structure_card_show (self->card, self->session, referral->structure, referral->structure_type,
                            referral->reference);
}

static void
update (AltmFollowPage *self)
{
  const AltmFollowUp *referral = altm_follow_ups_find (altm_session_get_follow_ups (self->session), self->id);

  gtk_widget_set_sensitive (GTK_WIDGET (self->statuses), referral != NULL);
  gtk_widget_set_sensitive (self->later_box, referral != NULL);
  if (referral != NULL)
    show (self, referral);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmFollowPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_saved = altm_session_finish (ALTM_SESSION (source), result, &error);

  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_widget_set_visible (self->saved_box, is_saved);
  if (is_saved)
    return;
  update (self);
  altm_dialog_show_unsaved (GTK_WIDGET (self), error);
}

static Change *
new_change (AltmFollowPage *self)
{
  Change *change = g_new0 (Change, 1);

  change->id = g_strdup (self->id);
  return change;
}

/* @change: (transfer full) */
static void
save (AltmFollowPage *self, Change *change)
{
  gtk_widget_set_visible (self->saved_box, FALSE);
  altm_session_run_async (self->session, change_in_store, change, change_free, saved_cb, g_object_ref (self));
}

/* @due: (transfer full) */
static void
save_due (AltmFollowPage *self, char *due)
{
  Change *change = new_change (self);

  gtk_widget_set_visible (self->days_box, FALSE);
  change->due = due;
  save (self, change);
}

static void
structure_chosen_cb (AltmFollowPage *self, const char *structure, const char *type)
{
  Change *change = new_change (self);

  change->structure = g_strdup (structure);
  change->structure_type = g_strdup (type);
  save (self, change);
}

static void
structure_cb (AltmFollowPage *self)
{
  GtkWidget *page = altm_referral_page_new_to_choose (self->session);

  g_signal_connect_object (page, "chosen", G_CALLBACK (structure_chosen_cb), self, G_CONNECT_SWAPPED);
  altm_navigation_push (GTK_WIDGET (self), page);
}

/* A referral always has a status: the one that is pressed again stays. */
static void
status_cb (AltmFollowPage *self)
{
  const char *status = altm_chips_get_code (self->statuses);
  Change *change;

  if (self->is_showing || g_strcmp0 (status, self->status) == 0)
    return;
  if (status == NULL)
    {
      g_autofree char *kept = g_strdup (self->status);

      choose_status (self, kept);
      return;
    }
  g_free (self->status);
  self->status = g_strdup (status);
  change = new_change (self);
  change->status = g_strdup (status);
  save (self, change);
}

static void
save_days (AltmFollowPage *self, int days)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();

  save_due (self, altm_follow_up_format_day (g_get_real_time (), days, zone));
}

static void
week_cb (AltmFollowPage *self)
{
  save_days (self, WEEK);
}

static void
month_cb (AltmFollowPage *self)
{
  save_days (self, MONTH);
}

static void
day_cb (AltmFollowPage *self)
{
  g_autofree char *told = NULL;
  g_autofree char *text = NULL;
  GDate day;

  g_date_clear (&day, 1);
  g_date_set_time_t (&day, time (NULL));
  g_date_add_days (&day, (guint) altm_stepper_get_value (self->days));
  told = altm_due_words_day (&day);
  text = g_strdup_printf (_("Follow up on %s"), told);
  gtk_label_set_label (self->day_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->day_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
save_day_cb (AltmFollowPage *self)
{
  save_days (self, altm_stepper_get_value (self->days));
}

/* It begins at the day that there is, unless that has passed. */
static void
open_days (AltmFollowPage *self)
{
  const AltmFollowUp *referral = altm_follow_ups_find (altm_session_get_follow_ups (self->session), self->id);

  altm_stepper_set_value (self->days, referral == NULL ? WEEK : MAX (referral->days, 0));
  day_cb (self);
}

static void
other_day_cb (AltmFollowPage *self)
{
  open_days (self);
  gtk_widget_set_visible (self->days_box, !gtk_widget_get_visible (self->days_box));
  /* What has the focus is scrolled to. */
  if (gtk_widget_get_visible (self->days_box))
    gtk_widget_grab_focus (self->day_button);
}

static void
altm_follow_page_dispose (GObject *object)
{
  AltmFollowPage *self = ALTM_FOLLOW_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->status, g_free);
  G_OBJECT_CLASS (altm_follow_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-follow-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, due_box);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, due_image);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, due_label);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, hq_label);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, saved_box);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, statuses);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, later_box);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, days_box);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, days);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, day_button);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, day_label);
  gtk_widget_class_bind_template_child (widget_class, AltmFollowPage, card);
  gtk_widget_class_bind_template_callback (widget_class, status_cb);
  gtk_widget_class_bind_template_callback (widget_class, structure_cb);
  gtk_widget_class_bind_template_callback (widget_class, week_cb);
  gtk_widget_class_bind_template_callback (widget_class, month_cb);
  gtk_widget_class_bind_template_callback (widget_class, other_day_cb);
  gtk_widget_class_bind_template_callback (widget_class, day_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_day_cb);
}

static void
altm_follow_page_class_init (AltmFollowPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_follow_page_dispose;
  g_type_ensure (ALTM_TYPE_CHIPS);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_STEPPER);
  g_type_ensure (ALTM_TYPE_STRUCTURE_CARD);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_follow_page_init (AltmFollowPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * altm_follow_page_new:
 * @id: of a referral
 */
GtkWidget *
altm_follow_page_new (AltmSession *session, const char *id)
{
  AltmFollowPage *self = g_object_new (ALTM_TYPE_FOLLOW_PAGE, NULL);

  self->session = g_object_ref (session);
  self->id = g_strdup (id);
  self->is_showing = TRUE;
  altm_chips_fill (self->statuses, session, "orientation_statut", statuses, NULL);
  self->is_showing = FALSE;
  g_signal_connect_object (altm_session_get_follow_ups (session), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
