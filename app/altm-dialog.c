/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "altm-problem.h"

static GtkWidget *
new_dialog (GtkWidget *from, const char *heading, const char *body)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_ancestor (from, GTK_TYPE_WINDOW));
  GtkWidget *dialog = adw_message_dialog_new (window, heading, body);

  gtk_widget_add_css_class (dialog, "roomy-buttons");
  return dialog;
}

static void
show_problem (GtkWidget *from, const AltmProblem *problem, const GError *error)
{
  GtkWidget *dialog = new_dialog (from, _(problem->title), _(problem->advice));

  g_warning ("Not saved: %s", error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "ok", _("Understood"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * altm_dialog_show_unsaved:
 * @error: why something was not saved
 *
 * Says so where it cannot be overlooked.
 */
void
altm_dialog_show_unsaved (GtkWidget *from, const GError *error)
{
  show_problem (from, altm_problem_of_saving (error), error);
}

/**
 * altm_dialog_show_uncounted:
 * @error: why a tap was not counted
 */
void
altm_dialog_show_uncounted (GtkWidget *from, const GError *error)
{
  show_problem (from, altm_problem_of_counting (error), error);
}

/**
 * altm_dialog_tell:
 * @read: (nullable): called, with @user_data alone, when it has been read
 */
void
altm_dialog_tell (GtkWidget *from, const char *heading, const char *body, GCallback read,
                  gpointer user_data)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (new_dialog (from, heading, body));

  adw_message_dialog_add_response (dialog, "ok", _("Understood"));
  if (read != NULL)
    g_signal_connect_object (dialog, "response::ok", read, user_data, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * altm_dialog_ask:
 * @keep: the button that changes nothing; @go: the one that calls @gone, of @appearance
 */
void
altm_dialog_ask (GtkWidget *from, const char *heading, const char *body, const char *keep,
                 const char *go, AdwResponseAppearance appearance, GCallback gone,
                 gpointer user_data)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (new_dialog (from, heading, body));

  adw_message_dialog_add_responses (dialog, "keep", keep, "go", go, NULL);
  adw_message_dialog_set_close_response (dialog, "keep");
  adw_message_dialog_set_default_response (dialog, "keep");
  adw_message_dialog_set_response_appearance (dialog, "go", appearance);
  g_signal_connect_object (dialog, "response::go", gone, user_data, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}
