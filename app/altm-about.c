/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "altm-about.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Where the lists come from (data/reference/README.md). Licence Ouverte asks for the source and the date to be shown. */
static const struct
{
  const char *what;
  const char *credit;
  const char *licence;
} sources[] = {
  { N_("Priority neighbourhoods"), "ANCT – QPV 2024", "Licence Ouverte 2.0 (data.gouv.fr)" },
  { N_("Post offices"), "La Poste – 2025", "Licence Ouverte 2.0" },
  { N_("France services"), "ANCT – France services 2024", "Licence Ouverte 2.0" },
  { N_("Other structures"), "DILA – 2019", "Licence Ouverte" },
  { N_("Communes"), "INSEE – COG, @etalab/decoupage-administratif 6.0.0", "MIT" },
  { N_("Types of structures"), "GIP Plateforme de l’inclusion – data·inclusion v1", "MIT" },
};

static void
add_sources (AdwAboutWindow *window)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    adw_about_window_add_legal_section (window, _(sources[i].what), sources[i].credit, GTK_LICENSE_CUSTOM,
                                        sources[i].licence);
}

/* For whoever helps from afar: nothing in it names a person, a place or a key. */
static char *
describe (AltmSession *session)
{
  const AltmOutboxSummary *summary = altm_session_get_summary (session);
  g_autofree char *system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  return g_strdup_printf ("ALTM Field %s\n%s\nGTK %u.%u.%u, libadwaita %u.%u.%u, GLib %u.%u.%u\n"
                          "Language: %s\nEnrolled: %s\nTraining: %s\nLists: %" G_GINT64_FORMAT "\n"
                          "Queued: %d, acknowledged: %d, refused: %d\nStorage: %s\n",
                          PACKAGE_VERSION, system != NULL ? system : "Linux", gtk_get_major_version (),
                          gtk_get_minor_version (), gtk_get_micro_version (), adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version (), glib_major_version, glib_minor_version,
                          glib_micro_version, altm_session_get_language (session),
                          altm_session_is_enrolled (session) ? "yes" : "no",
                          altm_session_is_training (session) ? "yes" : "no", altm_lists_get_version (altm_session_get_lists (session)), (int) summary->queued,
                          (int) summary->acknowledged, (int) summary->quarantined,
                          altm_session_is_short (session) ? "nearly full" : "enough");
}

/**
 * altm_about_show:
 * @from: a widget of the window before which it stands
 *
 * Shows what the program is: its version, its licence, where its lists come from and what is asked for when it is to be
 * mended.
 */
void
altm_about_show (GtkWidget *from, AltmSession *session)
{
  g_autofree char *debug_info = describe (session);
  GtkWidget *window =
    g_object_new (ADW_TYPE_ABOUT_WINDOW, "transient-for", gtk_widget_get_root (from), "modal", TRUE, "application-name",
                  "ALTM Field", "application-icon", APPLICATION_ID, "developer-name", "ALTM", "version", PACKAGE_VERSION,
                  "comments", _("Records social mediation on the spot, without a network."), "website", "https://altm.fr/",
                  "copyright", "© 2026 ALTM", "license-type", GTK_LICENSE_GPL_3_0, "debug-info", debug_info,
                  "debug-info-filename", "altm-field.txt", NULL);

  add_sources (ADW_ABOUT_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
}
