/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "altm-environment.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Dots of an inch at 100 %. */
#define DPI 96

/* In minutes, until the mediator chooses. */
#define LOCK_AFTER 2

/**
 * altm_secrets_start:
 *
 * Keeps what is in memory there: no core file holds it, and no other program of the same person
 * reads it. Call it first.
 */
void
altm_secrets_start (void)
{
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (sodium_init () < 0)
    g_error ("libsodium does not start");
}

/**
 * altm_is_in_build_folder:
 *
 * Returns: whether the program runs from where it was built, so that it takes its translations
 *   and its settings' schema from there
 */
gboolean
altm_is_in_build_folder (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = NULL;

  if (program == NULL)
    return FALSE;
  folder = g_path_get_dirname (program);
  return g_str_equal (folder, BUILD_SCHEMADIR);
}

/* A tablet may want French without that locale having been generated on it: setlocale() then
 * fails, and gettext would fall back to English. It looks at LANGUAGE under any locale but "C";
 * newer C libraries (Debian 13) do not under "C.UTF-8" either, and there the locale has to be generated. */
static void
choose_language_without_locale (void)
{
  const char *const *names = g_get_language_names ();

  if (*g_getenv ("LANGUAGE") == '\0')
    g_setenv ("LANGUAGE", names[0], TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  gtk_disable_setlocale ();
}

/* The first of these that was generated on the tablet gives dates and numbers too. */
static void
choose_language (const char *language)
{
  static const struct
  {
    const char *language;
    const char *locale;
  } locales[] = {
    { "fr", "fr_FR.UTF-8" }, { "en", "en_GB.UTF-8" }, { "en", "en_IE.UTF-8" }, { "en", "en_US.UTF-8" },
  };

  g_setenv ("LANGUAGE", language, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (locales); i++)
    if (g_str_equal (locales[i].language, language) && setlocale (LC_ALL, locales[i].locale) != NULL)
      {
        gtk_disable_setlocale ();
        return;
      }
  if (setlocale (LC_ALL, "") == NULL || g_str_equal (setlocale (LC_MESSAGES, NULL), "C"))
    choose_language_without_locale ();
}

/**
 * altm_locale_start:
 *
 * Takes the language from the settings, else from the environment. Call it before anything is shown, and before
 * threads.
 */
void
altm_locale_start (void)
{
  g_autoptr (GSettings) settings = NULL;
  g_autofree char *language = NULL;

  /* Reading settings may start a thread, which may read the environment: what is there by then is replaced in its
   * place, and the environment itself stays where it is. To gettext an empty one is none. */
  g_setenv ("LANGUAGE", "", FALSE);
  settings = altm_settings_new ();
  language = altm_settings_load_language (settings);
  if (*language != '\0')
    choose_language (language);
  else if (setlocale (LC_ALL, "") == NULL)
    choose_language_without_locale ();

  bindtextdomain (GETTEXT_PACKAGE, altm_is_in_build_folder () ? BUILD_LOCALEDIR : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/**
 * altm_settings_new:
 *
 * Returns: (nullable) (transfer full): the app's settings; %NULL where their schema was not
 *   installed, since the app can do without and g_settings_new() would end it
 */
GSettings *
altm_settings_new (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) source = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  if (altm_is_in_build_folder ())
    source = g_settings_schema_source_new_from_directory (BUILD_SCHEMADIR, installed, TRUE, NULL);
  else if (installed != NULL)
    source = g_settings_schema_source_ref (installed);
  if (source == NULL)
    return NULL;

  schema = g_settings_schema_source_lookup (source, APPLICATION_ID, TRUE);
  return schema == NULL ? NULL : g_settings_new_full (schema, NULL, NULL);
}

/**
 * altm_settings_load_lock_after:
 * @settings: (nullable): the app's settings
 *
 * Returns: after how many minutes without a touch private text is locked; two where there are no settings
 */
int
altm_settings_load_lock_after (GSettings *settings)
{
  return settings != NULL ? g_settings_get_int (settings, "lock-after") : LOCK_AFTER;
}

/**
 * altm_settings_load_language:
 * @settings: (nullable): the app's settings
 *
 * Returns: (transfer full): "fr" or "en", or "" for that of the system
 */
char *
altm_settings_load_language (GSettings *settings)
{
  return settings != NULL ? g_settings_get_string (settings, "language") : g_strdup ("");
}

static void
apply_text_size (GSettings *settings)
{
  GtkSettings *display = gtk_settings_get_default ();
  int percent = g_settings_get_int (settings, "text-size");

  if (display == NULL)
    return;
  if (percent == 0)
    gtk_settings_reset_property (display, "gtk-xft-dpi");
  else
    g_object_set (display, "gtk-xft-dpi", DPI * 1024 * MAX (percent, 100) / 100, NULL);
}

/**
 * altm_text_size_watch:
 * @settings: (nullable): the app's settings
 *
 * Shows all text in the size that is set, now and whenever that changes.
 */
void
altm_text_size_watch (GSettings *settings)
{
  if (settings == NULL)
    return;
  g_signal_connect (settings, "changed::text-size", G_CALLBACK (apply_text_size), NULL);
  apply_text_size (settings);
}

/**
 * altm_restart:
 * @program: as it was called
 * @directory: its store's folder
 * @environment: (transfer none): what it was started with
 *
 * Starts the program anew in place of this one. Returns only where that fails.
 */
void
altm_restart (const char *program, const char *directory, char **environment)
{
  const char *words[] = { program, "--store", directory, NULL };

  execvpe (program, (char *const *) words, environment);
  g_printerr ("%s: %s\n", program, g_strerror (errno));
}
