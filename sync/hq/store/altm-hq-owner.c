/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-owner.h"

#include <sys/stat.h>
#include <unistd.h>

/**
 * altm_hq_owner_keep:
 * @path: a file that a command has just written
 *
 * Where root ran the command, gives the file to the owner of its folder. HQ serves as a user of its own,
 * which could not read what root leaves behind (0600), and would not start any more. Where that can't
 * be done the file stays as it is, and whoever can't read it says so.
 */
void
altm_hq_owner_keep (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat status;

  if (geteuid () == 0 && stat (folder, &status) == 0 && lchown (path, status.st_uid, status.st_gid) != 0)
    g_debug ("%s: its owner stays root", path);
}
