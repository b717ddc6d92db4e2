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

/* libadwaita cuts a button's words where they are wider than the dialog: in large text they go on below. */
static void
wrap_buttons (GtkWidget *widget, gboolean is_in_button)
{
  gboolean is_button = is_in_button || GTK_IS_BUTTON (widget);

  if (is_button && GTK_IS_LABEL (widget))
    {
      gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_NONE);
      gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
      gtk_label_set_natural_wrap_mode (GTK_LABEL (widget), GTK_NATURAL_WRAP_NONE);
      gtk_label_set_justify (GTK_LABEL (widget), GTK_JUSTIFY_CENTER);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    wrap_buttons (child, is_button);
}

static void
present (GtkWidget *dialog)
{
  wrap_buttons (dialog, FALSE);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
show_problem (GtkWidget *from, const AltmProblem *problem, const GError *error)
{
  GtkWidget *dialog = new_dialog (from, _(problem->title), _(problem->advice));

  g_warning ("Not saved: %s", error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "ok", _("Understood"));
  present (dialog);
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
  present (GTK_WIDGET (dialog));
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
  present (GTK_WIDGET (dialog));
}
