/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-telephone-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-call-list.h"
#include "altm-call-page.h"
#include "altm-dialog.h"

struct _AltmTelephonePage
{
  GtkWidget parent_instance;

  GtkWidget *bin;

  AltmSession *session;
  AltmCallList *list;
};

G_DEFINE_FINAL_TYPE (AltmTelephonePage, altm_telephone_page, GTK_TYPE_WIDGET)

static void show_call (AltmTelephonePage *self, const AltmDraft *draft);

static void
done_cb (AltmTelephonePage *self)
{
  show_call (self, NULL);
}

static void
show_call (AltmTelephonePage *self, const AltmDraft *draft)
{
  GtkWidget *page = altm_call_page_new (self->session, self->list, draft);

  g_signal_connect_object (page, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self->bin), page);
}

static void
lost_cb (AltmTelephonePage *self)
{
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    altm_dialog_tell (GTK_WIDGET (self), _("The list of calls is gone"),
                      _("No PIN keeps it on this tablet, or it was reset. What you recorded is kept. Enter the list "
                        "again to go on."),
                      NULL, NULL);
}

/* HQ reset the PIN, or the tries are spent: nothing is waited for that can't come. */
static void
session_changed_cb (AltmTelephonePage *self)
{
  if (altm_call_list_is_sealed (self->list) && !altm_session_get_lock (self->session)->is_set)
    altm_call_list_look (self->list);
}

static gboolean
is_of_shift (const AltmDraft *draft, const char *shift)
{
  json_t *origin = draft == NULL ? NULL : json_object_get (draft->data, "origin");

  return altm_call_page_is_call (draft) && g_strcmp0 (altm_json_get_string (origin, "shift"), shift) == 0;
}

static void
start (AltmTelephonePage *self)
{
  const char *shift = altm_session_get_shift (self->session)->id;
  const AltmDraft *list = altm_session_find_draft (self->session, "calls", shift);
  const AltmDraft *call = altm_session_get_draft (self->session);

  self->list = altm_call_list_new (altm_session_get_worker (self->session), altm_session_get_keeper (self->session),
                                   shift);
  g_signal_connect_object (self->list, "lost", G_CALLBACK (lost_cb), self, G_CONNECT_SWAPPED);
  if (list != NULL)
    altm_call_list_resume (self->list, list);
  show_call (self, is_of_shift (call, shift) ? call : NULL);
  /* The draft is open from now on: it is not offered beside its own form. */
  altm_session_refresh (self->session);
}

/* The list goes with its shift, whatever of it was still to be written to the disk. */
static void
close_list (AltmTelephonePage *self)
{
  const AltmShift *shift = altm_session_get_shift (self->session);

  if (!altm_session_is_on_shift (self->session) || g_strcmp0 (shift->id, altm_call_list_get_shift (self->list)) != 0)
    altm_call_list_close (self->list);
}

static void
altm_telephone_page_dispose (GObject *object)
{
  AltmTelephonePage *self = ALTM_TELEPHONE_PAGE (object);

  g_clear_pointer (&self->bin, gtk_widget_unparent);
  if (self->list != NULL)
    close_list (self);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_telephone_page_parent_class)->dispose (object);
}

static void
altm_telephone_page_class_init (AltmTelephonePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = altm_telephone_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
altm_telephone_page_init (AltmTelephonePage *self)
{
  self->bin = adw_bin_new ();
  gtk_widget_set_parent (self->bin, GTK_WIDGET (self));
}

GtkWidget *
altm_telephone_page_new (AltmSession *session)
{
  AltmTelephonePage *self = g_object_new (ALTM_TYPE_TELEPHONE_PAGE, NULL);

  self->session = g_object_ref (session);
  start (self);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed_cb), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
