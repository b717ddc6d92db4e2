/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-beside.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "altm-files.h"
#include "altm-hq-owner.h"
#include "altm-store.h"

/**
 * altm_hq_beside_name:
 * @directory: a store's folder, with a slash at its end or without
 * @suffix: such as `.revoked`
 *
 * Returns: (transfer full): the file beside the store that outlives a restored backup
 */
char *
altm_hq_beside_name (const char *directory, const char *suffix)
{
  gsize length = strlen (directory);

  while (length > 1 && directory[length - 1] == '/')
    length--;
  return g_strdup_printf ("%.*s%s", (int) length, directory, suffix);
}

static gboolean
fail (GError **error, const char *path)
{
  int number = errno;

  g_set_error (error, ALTM_STORE_ERROR, number == ENOSPC || number == EDQUOT ? ALTM_STORE_ERROR_FULL : ALTM_STORE_ERROR_FAILED,
               "%s: %s", path, g_strerror (number));
  return FALSE;
}

/**
 * altm_hq_beside_append:
 * @lines: one line of text or several, without the last newline
 *
 * Adds to the file (0600), which is on the disk when this returns. What is added begins with a newline: what a power cut
 * left of an earlier line stays alone.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_hq_beside_append (const char *path, const char *lines, GError **error)
{
  g_autofree char *text = g_strdup_printf ("\n%s\n", lines);
  gsize length = strlen (text);
  int file = g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  gboolean is_written = file >= 0 && write (file, text, length) == (gssize) length && fsync (file) == 0;
  g_autofree char *folder = g_path_get_dirname (path);

  if (!is_written)
    fail (error, path);
  if (file >= 0)
    close (file);
  altm_hq_owner_keep (path);
  return is_written && altm_files_sync (folder, error);
}

/**
 * altm_hq_beside_visit:
 *
 * Calls @visit with each line of the file; no file has none.
 *
 * Returns: %TRUE, or %FALSE with a %G_FILE_ERROR or @visit's error
 */
gboolean
altm_hq_beside_visit (const char *path, AltmHqBesideVisit visit, gpointer data, GError **error)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) problem = NULL;

  if (!g_file_get_contents (path, &text, NULL, &problem))
    {
      if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !visit (lines[i], data, error))
      return FALSE;
  return TRUE;
}
