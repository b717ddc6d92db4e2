/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "altm-flow.h"
#include "altm-reserve.h"
#include "altm-shift.h"
#include "altm-store-private.h"
#include "altm-test-disk.h"
#include "altm-test.h"
#include "altm-time.h"

static GStatBuf
stat_reserve (AltmTestStore *tablet)
{
  g_autofree char *path = g_build_filename (tablet->path, "reserve", NULL);
  GStatBuf status = { 0 };

  g_stat (path, &status);
  return status;
}

static gint64
count_lines (AltmStore *store)
{
  return altm_test_sql_integer (store, "SELECT COUNT (*) FROM lines");
}

static gboolean
add (AltmStore *store, GError **error)
{
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .place = ALTM_TEST_PLACE, .data = data };

  return altm_outbox_add (store, &entry, 1, ALTM_TEST_NOW, NULL, error);
}

static void
the_reserve_takes_up_its_space (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  GStatBuf status = stat_reserve (tablet);
  g_autoptr(GBytes) bytes = altm_test_read_file (tablet->path, "reserve");
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  g_assert_cmpint (status.st_size, ==, ALTM_RESERVE_BYTES);
  g_assert_cmpint (status.st_blocks * 512, >=, ALTM_RESERVE_BYTES);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  for (gsize i = 0; i < ALTM_RESERVE_BYTES; i++)
    g_assert_cmpint (data[i], ==, 0);
  g_assert_false (altm_store_is_short (tablet->store));
}

static void
a_reserve_of_holes_is_made_anew (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *path = g_build_filename (tablet->path, "reserve", NULL);

  altm_test_store_close (tablet);
  g_assert_cmpint (truncate (path, 0), ==, 0);
  g_assert_cmpint (truncate (path, ALTM_RESERVE_BYTES), ==, 0);
  g_assert_cmpint (stat_reserve (tablet).st_blocks * 512, <, ALTM_RESERVE_BYTES);
  altm_test_store_open (tablet);
  g_assert_cmpint (stat_reserve (tablet).st_blocks * 512, >=, ALTM_RESERVE_BYTES);
}

/* The record in hand is saved, and more after it; then nothing is, and it is said. */
static void
the_record_in_hand_is_saved (void)
{
  g_autoptr(AltmTestDisk) disk = altm_test_disk_new ();
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;
  gint64 saved = 4;

  altm_test_add_contacts (tablet->store, 3);
  altm_test_disk_fill (disk, tablet->path);
  g_assert_true (add (tablet->store, &error));
  g_assert_no_error (error);
  g_assert_true (altm_store_is_short (tablet->store));
  g_test_message ("a record took %" G_GINT64_FORMAT " bytes", ALTM_RESERVE_BYTES - disk->left);

  while (add (tablet->store, &error))
    saved++;
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FULL);
  g_assert_cmpint (saved, >=, 14);
  g_assert_cmpint (count_lines (tablet->store), ==, saved);
  altm_test_store_close (tablet);
  altm_test_disk_clear (disk, tablet->path);
  altm_test_store_open (tablet);
  g_assert_cmpint (count_lines (tablet->store), ==, saved);
  altm_test_store_close (tablet);
}

static void
the_reserve_comes_back_with_room (void)
{
  g_autoptr(AltmTestDisk) disk = altm_test_disk_new ();
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();

  altm_test_disk_fill (disk, tablet->path);
  altm_test_add_contacts (tablet->store, 1);
  altm_test_add_contacts (tablet->store, 1);
  g_assert_true (altm_store_is_short (tablet->store));
  altm_test_disk_clear (disk, tablet->path);
  altm_test_add_contacts (tablet->store, 1);
  g_assert_false (altm_store_is_short (tablet->store));
  g_assert_cmpint (stat_reserve (tablet).st_size, ==, ALTM_RESERVE_BYTES);
  altm_test_store_close (tablet);
}

/* Sending must go on, or a full tablet could never be emptied. */
static void
a_batch_is_settled_and_folded_in (void)
{
  g_autoptr(AltmTestDisk) disk = altm_test_disk_new ();
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL };

  altm_test_add_contacts (tablet->store, 250);
  altm_test_sql (tablet->store, "PRAGMA wal_checkpoint (TRUNCATE)");
  altm_test_disk_fill (disk, tablet->path);
  altm_test_settle (tablet->store, &taken);
  altm_test_sql (tablet->store, "PRAGMA wal_checkpoint (TRUNCATE)");
  g_test_message ("a batch took %" G_GINT64_FORMAT " bytes", ALTM_RESERVE_BYTES - disk->left);
  altm_test_store_close (tablet);
  altm_test_disk_clear (disk, tablet->path);
  altm_test_store_open (tablet);
  g_assert_cmpint (altm_test_summary (tablet->store).acknowledged, ==, 250);
  altm_test_store_close (tablet);
}

static void
a_shift_of_counting_is_ended (void)
{
  g_autoptr(AltmTestDisk) disk = altm_test_disk_new ();
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;

  altm_shift_start (tablet->store, "bureau_poste", ALTM_TEST_OFFICE, NULL, NULL, ALTM_TEST_NOW, &error);
  for (int i = 0; i < 16; i++)
    altm_flow_count (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW + i * ALTM_SLOT, &error);
  altm_test_disk_fill (disk, tablet->path);
  altm_flow_count (tablet->store, ALTM_TEST_OFFICE, "entres", 1, ALTM_TEST_NOW + 16 * ALTM_SLOT, &error);
  altm_shift_end (tablet->store, ALTM_TEST_NOW + 17 * ALTM_SLOT, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count_lines (tablet->store), ==, 2 + 17);
  g_test_message ("the end of a shift took %" G_GINT64_FORMAT " bytes", ALTM_RESERVE_BYTES - disk->left);
  altm_test_store_close (tablet);
}

/* On a disk that is full the store is still made, and one that is damaged still mended. */
static void
a_store_is_opened_on_a_full_disk (gconstpointer is_damaged)
{
  g_autoptr(AltmTestDisk) disk = altm_test_disk_new ();
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *file = g_build_filename (tablet->path, "field.db", NULL);

  altm_test_add_contacts (tablet->store, 50);
  altm_test_store_close (tablet);
  if (is_damaged == NULL)
    g_assert_cmpint (g_unlink (file), ==, 0);
  else
    g_assert_true (g_file_set_contents (file, "SQLite", -1, NULL));
  altm_test_disk_fill (disk, tablet->path);
  altm_test_store_open (tablet);
  g_assert_cmpint (altm_store_was_recovered (tablet->store), ==, is_damaged != NULL);
  g_assert_true (altm_store_is_short (tablet->store));
  altm_test_add_contacts (tablet->store, 1);
  altm_test_store_close (tablet);
}

/* Whichever read the disk refuses, the store is not taken for a damaged one. */
static void
a_disk_that_fails_is_no_damage (void)
{
  g_autoptr(AltmTestDisk) disk = altm_test_disk_new ();
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  gboolean has_failed = TRUE;
  int n_refused = 0;

  altm_test_add_contacts (tablet->store, 60);
  altm_test_store_close (tablet);
  for (int i = 0; has_failed; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(AltmStore) store = NULL;
      g_autofree char *folder = NULL;

      disk->reads_left = i;
      store = altm_store_open (tablet->path, &error);
      has_failed = disk->reads_left < 0;
      disk->reads_left = -1;
      if (store == NULL)
        g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED);
      n_refused += store == NULL;
      g_clear_pointer (&store, altm_store_close);
      store = altm_store_open (tablet->path, NULL);
      folder = altm_store_find_damaged (store);
      g_assert_null (folder);
      g_assert_cmpint (count_lines (store), ==, 60);
    }
  g_assert_cmpint (n_refused, >, 0);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/reserve/allocated", the_reserve_takes_up_its_space);
  g_test_add_func ("/reserve/holes", a_reserve_of_holes_is_made_anew);
  g_test_add_func ("/reserve/record", the_record_in_hand_is_saved);
  g_test_add_func ("/reserve/again", the_reserve_comes_back_with_room);
  g_test_add_func ("/reserve/settle", a_batch_is_settled_and_folded_in);
  g_test_add_func ("/reserve/shift", a_shift_of_counting_is_ended);
  g_test_add_data_func ("/reserve/open/new", NULL, a_store_is_opened_on_a_full_disk);
  g_test_add_data_func ("/reserve/open/damaged", GINT_TO_POINTER (1), a_store_is_opened_on_a_full_disk);
  g_test_add_func ("/reserve/failing", a_disk_that_fails_is_no_damage);
  return g_test_run ();
}
