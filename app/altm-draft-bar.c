/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-draft-bar.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-call-page.h"
#include "altm-contact-page.h"
#include "altm-dialog.h"
#include "altm-format.h"
#include "altm-incident-page.h"
#include "altm-navigation.h"
#include "altm-private-page.h"
#include "altm-summary.h"
#include "altm-time.h"
#include "altm-wrap-layout.h"

struct _AltmDraftBar
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *label;

  AltmSession *session;
};

G_DEFINE_FINAL_TYPE (AltmDraftBar, altm_draft_bar, GTK_TYPE_WIDGET)

static void
go_on_with_call (AltmDraftBar *self, const AltmDraft *draft)
{
  GtkWidget *page = altm_call_page_new (self->session, NULL, draft);

  altm_navigation_push (GTK_WIDGET (self), page);
  altm_call_page_open_details (ALTM_CALL_PAGE (page));
}

static void
go_on_with_contact (AltmDraftBar *self, const AltmDraft *draft)
{
  GtkWidget *page = altm_contact_page_new_from (self->session, draft);

  altm_navigation_push (GTK_WIDGET (self), page);
  altm_contact_page_open_details (ALTM_CONTACT_PAGE (page));
}

static void
go_on_with_incident (AltmDraftBar *self, const AltmDraft *draft)
{
  altm_navigation_push (GTK_WIDGET (self), altm_incident_page_new_from (self->session, draft));
}

static void
go_on_with_private (AltmDraftBar *self, const AltmDraft *draft)
{
  altm_navigation_push (GTK_WIDGET (self), altm_private_page_new_from (self->session, draft));
}

/* By what the forms' names begin with; the type is none where the draft says it. */
static const struct
{
  const char *kind;
  const char *type;
  void (*go_on) (AltmDraftBar *self, const AltmDraft *draft);
  void (*discard) (AltmSession *session, const char *record);
} kinds[] = {
  { "contact-", "contact", go_on_with_contact, altm_session_discard_draft },
  { "incident-", "observation", go_on_with_incident, altm_session_discard_draft },
  { "private-", NULL, go_on_with_private, altm_session_discard_private },
};

static gsize
find_kind (const AltmDraft *draft)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (kinds) - 1 && !g_str_has_prefix (draft->form, kinds[i].kind))
    i++;
  return i;
}

/* What was begun, and when. */
static char *
tell (AltmDraftBar *self, const AltmDraft *draft)
{
  const AltmLine line = { .type = kinds[find_kind (draft)].type, .data = json_object_get (draft->data, "data") };
  json_t *origin = json_object_get (draft->data, "origin");
  const char *begun = altm_json_get_string (origin, "begun");
  g_autofree char *clock = NULL;
  g_autofree char *moment = NULL;
  g_autofree char *summary = NULL;
  gint64 time;

  if (begun == NULL || !altm_time_parse (begun, &time))
    time = draft->updated_at;
  clock = altm_format_time (time);
  moment = altm_format_moment (time, g_get_real_time ());
  summary = line.type == NULL ? g_strdup (altm_private_page_title (altm_json_get_string (draft->data, "type")))
                              : altm_summary_record (self->session, &line);
  return g_strdup_printf (g_str_equal (clock, moment) ? _("%1$s: begun at %2$s") : _("%1$s: begun %2$s"), summary, moment);
}

static void
update (AltmDraftBar *self)
{
  const AltmDraft *draft = altm_session_get_draft (self->session);
  g_autofree char *text = draft == NULL ? NULL : tell (self, draft);

  if (draft != NULL)
    gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self), draft != NULL);
}

static void
go_on_cb (AltmDraftBar *self)
{
  const AltmDraft *draft = altm_session_get_draft (self->session);

  if (altm_call_page_is_call (draft))
    go_on_with_call (self, draft);
  else if (draft != NULL)
    kinds[find_kind (draft)].go_on (self, draft);
  update (self);
}

static void
discard (AltmDraftBar *self)
{
  const AltmDraft *draft = altm_session_get_draft (self->session);

  if (draft != NULL)
    kinds[find_kind (draft)].discard (self->session, draft->id);
}

static void
discard_cb (AltmDraftBar *self)
{
  altm_dialog_ask (GTK_WIDGET (self), _("Discard what was begun?"), _("It was not saved, and can’t be brought back."),
                   _("Keep"), _("Yes, discard"), ADW_RESPONSE_DESTRUCTIVE, G_CALLBACK (discard), self);
}

/**
 * altm_draft_bar_set_session:
 * @session: a session that is open
 */
void
altm_draft_bar_set_session (AltmDraftBar *self, AltmSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
altm_draft_bar_dispose (GObject *object)
{
  AltmDraftBar *self = ALTM_DRAFT_BAR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_draft_bar_parent_class)->dispose (object);
}

static void
altm_draft_bar_class_init (AltmDraftBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_draft_bar_dispose;
  g_type_ensure (ALTM_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/altm/Field/altm-draft-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmDraftBar, box);
  gtk_widget_class_bind_template_child (widget_class, AltmDraftBar, label);
  gtk_widget_class_bind_template_callback (widget_class, go_on_cb);
  gtk_widget_class_bind_template_callback (widget_class, discard_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
altm_draft_bar_init (AltmDraftBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
