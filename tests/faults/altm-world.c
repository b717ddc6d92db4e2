/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-world.h"

#include <glib/gstdio.h>
#include <stdio.h>

#include "altm-time.h"

/* 2026-11-24T17:12:03Z, a working day. */
#define BEGINNING G_GINT64_CONSTANT (1795540323000000)

static void
saved_free (gpointer data)
{
  AltmSaved *self = data;

  g_free (self->id);
  g_free (self->type);
  g_bytes_unref (self->bytes);
  g_free (self);
}

static void
image_free (gpointer data)
{
  AltmImage *self = data;

  g_free (self->folder);
  g_hash_table_unref (self->taps);
  g_hash_table_unref (self->maybe);
  g_free (self);
}

static void
backup_free (gpointer data)
{
  AltmBackup *self = data;

  g_free (self->path);
  g_hash_table_unref (self->keys);
  g_free (self);
}

static void
message_free (gpointer data)
{
  AltmMessage *self = data;

  g_clear_pointer (&self->request, altm_request_free);
  g_clear_pointer (&self->answer, altm_answer_free);
  g_free (self);
}

static void
tablet_free (gpointer data)
{
  AltmTablet *self = data;

  altm_tablet_close (self);
  g_hash_table_unref (self->taps);
  g_hash_table_unref (self->maybe);
  g_ptr_array_unref (self->again);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

/**
 * altm_world_new:
 * @folder: an empty folder
 *
 * Returns: (transfer full): a world with an HQ and without tablets
 */
AltmWorld *
altm_world_new (AltmChance *chance, AltmTornDisks *disks, const char *folder, gboolean is_verbose)
{
  AltmWorld *self = g_new0 (AltmWorld, 1);

  self->chance = chance;
  self->disks = disks;
  self->folder = g_strdup (folder);
  self->is_verbose = is_verbose;
  self->now = BEGINNING;
  self->tablets = g_ptr_array_new_with_free_func (tablet_free);
  self->images = g_ptr_array_new_with_free_func (image_free);
  self->road = g_ptr_array_new_with_free_func (message_free);
  self->saved = g_ptr_array_new_with_free_func (saved_free);
  self->receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->backups = g_ptr_array_new_with_free_func (backup_free);
  self->promised = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cells = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->hq_folder = g_build_filename (folder, "hq", NULL);
  self->hq_path = g_build_filename (self->hq_folder, "store", NULL);
  g_assert_cmpint (g_mkdir (self->hq_folder, 0700), ==, 0);
  self->hq_disk = altm_torn_disks_add (disks, self->hq_folder);
  altm_hq_open (self);
  return self;
}

void
altm_world_free (AltmWorld *self)
{
  g_ptr_array_unref (self->tablets);
  altm_hq_close (self);
  g_ptr_array_unref (self->images);
  g_ptr_array_unref (self->road);
  g_ptr_array_unref (self->saved);
  g_ptr_array_unref (self->receipts);
  g_ptr_array_unref (self->backups);
  g_hash_table_unref (self->promised);
  g_hash_table_unref (self->cells);
  altm_torn_disks_clear (self->disks);
  g_free (self->hq_folder);
  g_free (self->hq_path);
  g_free (self->folder);
  g_free (self->failure);
  g_free (self);
}

/** altm_world_fail: what is wrong; the first word counts. */
void
altm_world_fail (AltmWorld *self, const char *format, ...)
{
  va_list arguments;

  if (self->failure != NULL)
    return;
  va_start (arguments, format);
  self->failure = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  altm_world_say (self, "FAILED: %s", self->failure);
}

/** altm_world_say: what happens, for who replays a seed. */
void
altm_world_say (AltmWorld *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (!self->is_verbose)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printf ("%8.1f s  %s\n", (double) (self->now - BEGINNING) / G_USEC_PER_SEC, text);
}

/** altm_world_count: a fault fell into a step, for the matrix. */
void
altm_world_count (AltmWorld *self, const char *fault, const char *step)
{
  char *cell = g_strdup_printf ("%s|%s", fault, step);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->cells, cell));

  g_hash_table_replace (self->cells, cell, GUINT_TO_POINTER (n + 1));
}

static void
copy_file (const char *from, const char *to)
{
  g_autoptr(GError) error = NULL;
  char *bytes;
  gsize length;

  g_file_get_contents (from, &bytes, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (to, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  g_free (bytes);
}

/** altm_world_copy_folder: as `cp -r`; what is in @to goes first. */
void
altm_world_copy_folder (const char *from, const char *to)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (!g_file_test (from, G_FILE_TEST_IS_DIR))
    {
      copy_file (from, to);
      return;
    }
  altm_world_remove_folder (to);
  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  dir = g_dir_open (from, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (from, name, NULL);
      g_autofree char *copy = g_build_filename (to, name, NULL);

      altm_world_copy_folder (child, copy);
    }
}

/** altm_world_remove_folder: as `rm -rf`. */
void
altm_world_remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      altm_world_remove_folder (child);
    }
  g_remove (path);
}
