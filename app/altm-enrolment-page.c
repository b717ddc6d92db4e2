/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-enrolment-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-enrolment.h"
#include "altm-navigation.h"
#include "altm-page-header.h"
#include "altm-problem.h"
#include "altm-scroller.h"

struct _AltmEnrolmentPage
{
  GtkWidget parent_instance;

  GtkWidget *box;
  AltmPageHeader *header;
  GtkEditable *link_row;
  GtkEditable *url_row;
  GtkEditable *code_row;
  GtkWidget *enrol_button;
  GtkWidget *problem_box;
  GtkLabel *problem_label;

  AltmSession *session;
  gboolean is_running;
};

G_DEFINE_FINAL_TYPE (AltmEnrolmentPage, altm_enrolment_page, GTK_TYPE_WIDGET)

static char *
get_text (GtkEditable *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (row)));
}

static gboolean
is_empty (GtkEditable *row)
{
  g_autofree char *text = get_text (row);

  return *text == '\0';
}

static void
changed_cb (AltmEnrolmentPage *self)
{
  gboolean is_complete = !is_empty (self->link_row)
                         || (!is_empty (self->url_row) && !is_empty (self->code_row));

  gtk_widget_set_sensitive (self->enrol_button, is_complete && !self->is_running);
}

static void
show_problem (AltmEnrolmentPage *self, const GError *error)
{
  gtk_widget_set_visible (self->problem_box, error != NULL);
  if (error == NULL)
    return;
  g_message ("Enrolment: %s", error->message);
  gtk_label_set_label (self->problem_label, altm_problem_of_enrolment (error));
}

static void
enrolled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AltmEnrolmentPage) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = altm_enrolment_run_finish (result, &error);

  self->is_running = FALSE;
  changed_cb (self);
  show_problem (self, error);
  if (!is_done)
    return;
  altm_session_refresh (self->session);
  altm_sender_send_now (altm_session_get_sender (self->session));
  if (gtk_widget_get_ancestor (GTK_WIDGET (self), ALTM_TYPE_NAVIGATION) != NULL)
    altm_navigation_pop (GTK_WIDGET (self));
}

static gboolean
read_fields (AltmEnrolmentPage *self, char **url, char **code, char **ca_sha256, GError **error)
{
  g_autofree char *link = get_text (self->link_row);

  if (*link != '\0')
    return altm_enrolment_parse_link (link, url, code, ca_sha256, error);
  *url = get_text (self->url_row);
  *code = g_ascii_strup (gtk_editable_get_text (self->code_row), -1);
  g_strstrip (*code);
  return TRUE;
}

static void
enrol_cb (AltmEnrolmentPage *self)
{
  g_autofree char *url = NULL;
  g_autofree char *code = NULL;
  g_autofree char *ca_sha256 = NULL;
  g_autoptr (GError) error = NULL;

  if (!gtk_widget_is_sensitive (self->enrol_button))
    return;
  if (!read_fields (self, &url, &code, &ca_sha256, &error))
    {
      show_problem (self, error);
      return;
    }
  self->is_running = TRUE;
  changed_cb (self);
  show_problem (self, NULL);
  altm_enrolment_run_async (altm_session_get_worker (self->session), url, code, NULL, ca_sha256,
                            enrolled_cb, g_object_ref (self));
}

/**
 * altm_enrolment_page_set_link:
 * @link: an enrolment link, as the browser or a QR code hands it over
 */
void
altm_enrolment_page_set_link (AltmEnrolmentPage *self, const char *link)
{
  gtk_editable_set_text (self->link_row, link);
}

static void
altm_enrolment_page_dispose (GObject *object)
{
  AltmEnrolmentPage *self = ALTM_ENROLMENT_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (altm_enrolment_page_parent_class)->dispose (object);
}

static void
altm_enrolment_page_class_init (AltmEnrolmentPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = altm_enrolment_page_dispose;
  g_type_ensure (ALTM_TYPE_SCROLLER);
  g_type_ensure (ALTM_TYPE_PAGE_HEADER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/altm/Field/altm-enrolment-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, box);
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, header);
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, link_row);
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, url_row);
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, code_row);
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, enrol_button);
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, problem_box);
  gtk_widget_class_bind_template_child (widget_class, AltmEnrolmentPage, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, enrol_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
altm_enrolment_page_init (AltmEnrolmentPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * altm_enrolment_page_new:
 * @has_back: whether it lies above another page
 */
GtkWidget *
altm_enrolment_page_new (AltmSession *session, gboolean has_back)
{
  AltmEnrolmentPage *self = g_object_new (ALTM_TYPE_ENROLMENT_PAGE, NULL);

  self->session = g_object_ref (session);
  altm_page_header_set_has_back (self->header, has_back);
  return GTK_WIDGET (self);
}
