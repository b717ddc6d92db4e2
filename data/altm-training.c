/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-training.h"

#include <glib/gstdio.h>

#include "altm-files.h"
#include "altm-seal.h"

/* What has ended and is still to be removed. */
#define ENDED ALTM_TRAINING_FOLDER "-ended"

/**
 * altm_training_get_folder:
 * @directory: the real store's folder
 *
 * Returns: (transfer full): where what is recorded in training lies
 */
char *
altm_training_get_folder (const char *directory)
{
  return g_build_filename (directory, ALTM_TRAINING_FOLDER, NULL);
}

/**
 * altm_training_is_on:
 * @directory: the real store's folder
 *
 * Returns: whether training was begun there and has not ended
 */
gboolean
altm_training_is_on (const char *directory)
{
  g_autofree char *folder = altm_training_get_folder (directory);

  return g_file_test (folder, G_FILE_TEST_IS_DIR);
}

/* HQ's lists, so that one trains with the places and colleagues that one has; and a key that private text is sealed to
 * and that nobody can open it with: its secret half is gone when this returns. */
static gboolean
furnish (AltmStore *store, AltmLists *lists, GError **error)
{
  g_autoptr(AltmSealPair) pair = altm_seal_pair_new ();

  return altm_store_set_lists (store, altm_lists_get_root (lists), error) &&
         altm_store_set_setting (store, "seal_key", altm_seal_pair_get_key (pair), error);
}

/**
 * altm_training_open:
 * @directory: the real store's folder
 * @lists: the real store's
 *
 * Begins training, or goes on with it.
 *
 * Returns: (transfer full): the store for training, or %NULL with the errors of altm_store_open()
 */
AltmStore *
altm_training_open (const char *directory, AltmLists *lists, GError **error)
{
  g_autofree char *folder = altm_training_get_folder (directory);
  g_autoptr(AltmStore) store = altm_store_open (folder, error);

  return store != NULL && furnish (store, lists, error) ? g_steal_pointer (&store) : NULL;
}

/**
 * altm_training_end:
 * @directory: the real store's folder
 *
 * Ends training, in one step that a power cut does not divide. What was recorded is to be removed by
 * altm_training_sweep(), when nobody has it open any more.
 *
 * Returns: %TRUE, also where there was none, or %FALSE with %ALTM_STORE_ERROR_FAILED: it goes on then
 */
gboolean
altm_training_end (const char *directory, GError **error)
{
  g_autofree char *folder = altm_training_get_folder (directory);
  g_autofree char *ended = g_build_filename (directory, ENDED, NULL);

  if (!altm_training_is_on (directory))
    return TRUE;
  return altm_training_sweep (directory, error) && altm_files_rename (folder, ended, error) &&
         altm_files_sync (directory, error);
}

/**
 * altm_training_sweep:
 * @directory: the real store's folder
 *
 * Removes what is left of training that has ended.
 *
 * Returns: %TRUE where nothing is left, or %FALSE with %ALTM_STORE_ERROR_FAILED
 */
gboolean
altm_training_sweep (const char *directory, GError **error)
{
  g_autofree char *ended = g_build_filename (directory, ENDED, NULL);

  return altm_files_shred_tree (ended, error);
}
