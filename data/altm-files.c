/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "altm-store.h"

static gboolean
fail (GError **error, const char *path)
{
  int number = errno;
  gboolean is_full = number == ENOSPC || number == EDQUOT;

  g_set_error (error, ALTM_STORE_ERROR, is_full ? ALTM_STORE_ERROR_FULL : ALTM_STORE_ERROR_FAILED, "%s: %s", path,
               g_strerror (number));
  return FALSE;
}

/**
 * altm_files_sync:
 * @path: a file, or a folder whose entries are meant
 *
 * Returns: whether it is on the disk; else %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_files_sync (const char *path, GError **error)
{
  int file = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean is_synced = file >= 0 && fsync (file) == 0;

  if (!is_synced)
    fail (error, path);
  if (file >= 0)
    close (file);
  return is_synced;
}

/**
 * altm_files_rename:
 * @from: a file; one that is missing is no error, since it may have been renamed before a crash
 * @to: its new path
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED
 */
gboolean
altm_files_rename (const char *from, const char *to, GError **error)
{
  return g_rename (from, to) == 0 || errno == ENOENT || fail (error, from);
}
