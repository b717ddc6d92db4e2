/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "altm-files.h"
#include "altm-hq-keys-private.h"

/* One command at a time changes the keys: a lock on their folder, which leaves no file behind. */
static int
lock_folder (AltmHqKeys *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int lock = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) == 0)
    return lock;
  if (lock >= 0 && errno == EWOULDBLOCK)
    altm_hq_keys_fail_at (error, ALTM_HQ_KEYS_ERROR_IN_USE, self->path, "another command is changing the keys; try again");
  else
    altm_hq_keys_fail_at (error, ALTM_HQ_KEYS_ERROR_FAILED, folder, g_strerror (errno));
  if (lock >= 0)
    close (lock);
  return -1;
}

/* Locks, and reads what others may have changed since. */
static int
begin (AltmHqKeys *self, GError **error)
{
  int lock = lock_folder (self, error);

  if (lock < 0 || altm_hq_keys_reload (self, error))
    return lock;
  close (lock);
  return -1;
}

/* Locks keys that people hold. */
static int
begin_protected (AltmHqKeys *self, GError **error)
{
  int lock = begin (self, error);

  if (lock < 0 || self->vault != NULL)
    return lock;
  altm_hq_keys_fail_unprotected (error);
  close (lock);
  return -1;
}

static gboolean
make_raw (AltmHqKeys *self, GError **error)
{
  g_autoptr(AltmSealPair) pair = altm_seal_pair_load (self->raw_path, error);
  g_autofree char *folder = g_path_get_dirname (self->raw_path);

  return pair != NULL && altm_files_sync (folder, error) && altm_hq_keys_reload (self, error);
}

/**
 * altm_hq_keys_make:
 *
 * Makes `STORE.key` (0600) where there is no key at all; not while a command is changing the keys, who
 * would take it for the one that has become superfluous.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_IN_USE, _DAMAGED or _FAILED, %ALTM_SEAL_ERROR_FILE or
 *   a %G_FILE_ERROR
 */
gboolean
altm_hq_keys_make (AltmHqKeys *self, GError **error)
{
  int lock = self->current == NULL ? begin (self, error) : -1;
  gboolean is_made;

  if (lock < 0)
    return self->current != NULL;
  is_made = self->current != NULL || make_raw (self, error);
  close (lock);
  return is_made;
}

/* What was not saved is not so in memory either. */
static gboolean
end (AltmHqKeys *self, int lock, gboolean is_good, GError **error)
{
  gboolean is_done = is_good && altm_hq_keys_save (self, error);

  if (!is_done)
    altm_hq_keys_reload (self, NULL);
  close (lock);
  return is_done;
}

/* The keys file can be copied, and then only the passphrase protects it: no PIN will do. */
static gboolean
check_passphrase (const char *passphrase, GError **error)
{
  GError *problem = NULL;

  if (g_utf8_strlen (passphrase, -1) < ALTM_HQ_KEYS_PASSPHRASE || passphrase[strspn (passphrase, "0123456789")] == '\0')
    return altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_WEAK,
                              "a passphrase has 12 characters or more and is not of digits alone; "
                              "four words or five make a good one");
  return altm_vault_check_secret (passphrase, &problem) || altm_hq_keys_translate (problem, "", error);
}

static gboolean
check_new_name (AltmHqKeys *self, const char *name, GError **error)
{
  g_auto(GStrv) names = altm_hq_keys_list_holders (self);

  if (*name == '\0' || !g_strv_contains ((const char *const *) names, name))
    return TRUE;
  g_set_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_HOLDER, "%s holds the keys already", name);
  return FALSE;
}

static AltmVaultCost
get_cost (AltmHqKeys *self)
{
  return self->cost.opslimit > 0 ? self->cost : altm_vault_calibrate ();
}

static gboolean
set_holder (AltmHqKeys *self, AltmSealPair *master, const AltmHqHolder *holder, GError **error)
{
  GError *problem = NULL;
  AltmVault *vault;

  if (!check_passphrase (holder->passphrase, error))
    return FALSE;
  vault = altm_vault_set_holder_at_cost (self->vault, master, holder->name, holder->passphrase, get_cost (self), &problem);
  if (vault == NULL)
    {
      if (!g_error_matches (problem, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER))
        return altm_hq_keys_translate (problem, holder->name, error);
      g_error_free (problem);
      return altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_HOLDER,
                                "a holder's name has 1 to 64 bytes, and 64 people can hold the keys");
    }
  altm_vault_unref (self->vault);
  self->vault = vault;
  return TRUE;
}

/* Takes a pair in, the one in use where there is none yet. */
static gboolean
take_pair (AltmHqKeys *self, AltmSealPair *pair, gint64 made_at, GError **error)
{
  const char *key = altm_seal_pair_get_key (pair);
  g_autofree char *sealed = altm_hq_keys_seal_secret (self, pair, error);

  if (sealed == NULL)
    return FALSE;
  altm_hq_keys_add (self, key, made_at, sealed);
  if (self->current == NULL)
    self->current = g_strdup (key);
  return TRUE;
}

static gboolean
make_vault (AltmHqKeys *self, const AltmHqHolder *holder, GError **error)
{
  GError *problem = NULL;

  if (!check_passphrase (holder->passphrase, error))
    return FALSE;
  self->vault = altm_vault_create_at_cost (holder->name, holder->passphrase, get_cost (self), NULL, &problem);
  if (self->vault != NULL)
    return TRUE;
  if (!g_error_matches (problem, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER))
    return altm_hq_keys_translate (problem, holder->name, error);
  g_error_free (problem);
  return altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_HOLDER, "a holder's name has 1 to 64 bytes");
}

/* The first holder, and with them the pair that lay open, or a new one. */
static gboolean
protect_first (AltmHqKeys *self, AltmSealPair *raw, const AltmHqHolder *holder, gint64 now, GError **error)
{
  g_autoptr(AltmSealPair) fresh = raw == NULL ? altm_seal_pair_new () : NULL;
  gint64 made_at = raw != NULL ? ((AltmHqKey *) g_ptr_array_index (self->keys, 0))->made_at : now;

  g_ptr_array_set_size (self->keys, 0);
  g_clear_pointer (&self->current, g_free);
  return make_vault (self, holder, error) && take_pair (self, raw != NULL ? raw : fresh, made_at, error) &&
         altm_hq_keys_save (self, error);
}

/* A pair that lies open beside keys that are held: left by a run that was cut off, or put back from a copy. */
static gboolean
take_stray (AltmHqKeys *self, AltmSealPair *raw, gint64 now, GError **error)
{
  return raw == NULL || altm_hq_keys_find (self, altm_seal_pair_get_key (raw)) != NULL ||
         (take_pair (self, raw, now, error) && altm_hq_keys_save (self, error));
}

/* What is on the disk opens by what was typed, each key of it, before anything goes. */
static gboolean
check_written (AltmHqKeys *self, AltmSealPair *raw, const AltmHqHolder *holder, GError **error)
{
  g_autoptr(AltmSealPair) master = NULL;

  if (!altm_hq_keys_reload (self, error))
    return FALSE;
  if (self->vault == NULL)
    return altm_hq_keys_fail_damaged (error, self->path);
  master = altm_hq_keys_open_master (self, holder, error);
  for (guint i = 0; master != NULL && i < self->keys->len; i++)
    {
      g_autoptr(AltmSealPair) pair = altm_hq_keys_open_key (self, g_ptr_array_index (self->keys, i), master, error);

      if (pair == NULL)
        return FALSE;
    }
  return master != NULL && (raw == NULL || altm_hq_keys_find (self, altm_seal_pair_get_key (raw)) != NULL ||
                            altm_hq_keys_fail_damaged (error, self->path));
}

/* Out of its name first: what is being overwritten must not be taken for a key that is damaged. One that
 * was not there at the beginning was not taken in, and stays. */
static gboolean
destroy_raw (AltmHqKeys *self, gboolean is_taken_in, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->raw_path);

  if (is_taken_in && !(altm_files_rename (self->raw_path, self->gone_path, error) && altm_files_sync (folder, error)))
    return FALSE;
  self->has_raw = FALSE;
  return self->last == ALTM_HQ_KEYS_STEP_RENAMED || altm_files_shred (self->gone_path, error);
}

static gboolean
protect (AltmHqKeys *self, const AltmHqHolder *holder, gint64 now, GError **error)
{
  g_autoptr(AltmSealPair) raw = self->has_raw ? altm_seal_pair_load (self->raw_path, error) : NULL;

  if (self->has_raw && raw == NULL)
    return FALSE;
  if (!(self->vault == NULL ? protect_first (self, raw, holder, now, error) : take_stray (self, raw, now, error)))
    return FALSE;
  if (self->last == ALTM_HQ_KEYS_STEP_WRITTEN)
    return TRUE;
  if (!check_written (self, raw, holder, error))
    return FALSE;
  return self->last == ALTM_HQ_KEYS_STEP_CHECKED || destroy_raw (self, raw != NULL, error);
}

/**
 * altm_hq_keys_protect:
 * @holder: who is to hold the keys first, or holds them already
 * @now: microseconds since 1970-01-01 UTC
 *
 * Takes the key that lies open in `STORE.key`, or a new one, into the keys file. `STORE.key` is
 * overwritten and removed only when the file is on the disk, was read again and opened by the very
 * passphrase. Wherever it was cut off, the same again ends it. What a flash disk keeps of overwritten
 * bytes is beyond a program's reach; `keys rotate` makes a pair that never lay open.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_HOLDER, _PASSPHRASE, _WEAK, _DAMAGED, _IN_USE or
 *   _FAILED, or %ALTM_SEAL_ERROR_FILE; each key is still in one of the files
 */
gboolean
altm_hq_keys_protect (AltmHqKeys *self, const AltmHqHolder *holder, gint64 now, GError **error)
{
  int lock = begin (self, error);
  gboolean is_done;

  if (lock < 0)
    return FALSE;
  is_done = protect (self, holder, now, error);
  if (!is_done)
    altm_hq_keys_reload (self, NULL);
  close (lock);
  return is_done;
}

/**
 * altm_hq_keys_grant:
 * @by: a holder
 * @holder: who is to hold the keys too
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_UNPROTECTED, _HOLDER, _PASSPHRASE (of @by), _WEAK,
 *   _DAMAGED, _IN_USE or _FAILED; nothing is changed then
 */
gboolean
altm_hq_keys_grant (AltmHqKeys *self, const AltmHqHolder *by, const AltmHqHolder *holder, GError **error)
{
  g_autoptr(AltmSealPair) master = NULL;
  int lock = begin_protected (self, error);

  if (lock < 0)
    return FALSE;
  if (check_new_name (self, holder->name, error))
    master = altm_hq_keys_open_master (self, by, error);
  return end (self, lock, master != NULL && set_holder (self, master, holder, error), error);
}

/**
 * altm_hq_keys_change_passphrase:
 * @holder: a holder, with the passphrase so far
 * @passphrase: the one from now on
 *
 * Returns: %TRUE, or %FALSE as altm_hq_keys_grant()
 */
gboolean
altm_hq_keys_change_passphrase (AltmHqKeys *self, const AltmHqHolder *holder, const char *passphrase, GError **error)
{
  const AltmHqHolder changed = { holder->name, passphrase };
  g_autoptr(AltmSealPair) master = NULL;
  int lock = begin_protected (self, error);

  if (lock < 0)
    return FALSE;
  master = altm_hq_keys_open_master (self, holder, error);
  return end (self, lock, master != NULL && set_holder (self, master, &changed, error), error);
}

static gboolean
remove_holder (AltmHqKeys *self, const char *holder, GError **error)
{
  g_auto(GStrv) names = altm_hq_keys_list_holders (self);
  GError *problem = NULL;
  AltmVault *vault;

  if (g_strv_length (names) == 1 && strcmp (names[0], holder) == 0)
    return altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_LAST,
                              "the last holder is not withdrawn: nobody could open anything any more. "
                              "Grant the keys to another first");
  vault = altm_vault_remove_holder (self->vault, holder, &problem);
  if (vault == NULL)
    return altm_hq_keys_translate (problem, holder, error);
  altm_vault_unref (self->vault);
  self->vault = vault;
  return TRUE;
}

/**
 * altm_hq_keys_withdraw:
 * @holder: who is to hold the keys no longer
 *
 * Takes a holder out of the keys file. It can't be taken out of a copy that was made of it before: with
 * such a copy and their passphrase they still open what they can get at.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_UNPROTECTED, _HOLDER, _LAST, _DAMAGED, _IN_USE or
 *   _FAILED; nothing is changed then
 */
gboolean
altm_hq_keys_withdraw (AltmHqKeys *self, const char *holder, GError **error)
{
  int lock = begin_protected (self, error);

  if (lock < 0)
    return FALSE;
  return end (self, lock, remove_holder (self, holder, error), error);
}

/**
 * altm_hq_keys_rotate:
 * @now: microseconds since 1970-01-01 UTC
 *
 * Makes a new pair, to which tablets seal from now on; those before it still open what was sealed to
 * them. It takes no passphrase: the new secret half is sealed to the master's public one.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_UNPROTECTED, _DAMAGED, _IN_USE or _FAILED; nothing
 *   is changed then
 */
gboolean
altm_hq_keys_rotate (AltmHqKeys *self, gint64 now, GError **error)
{
  g_autoptr(AltmSealPair) pair = NULL;
  int lock = begin_protected (self, error);

  if (lock < 0)
    return FALSE;
  pair = altm_seal_pair_new ();
  g_clear_pointer (&self->current, g_free);
  return end (self, lock, take_pair (self, pair, now, error), error);
}
