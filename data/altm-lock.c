/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-lock.h"

#include "altm-copies-private.h"
#include "altm-files.h"
#include "altm-lock-private.h"
#include "altm-store-private.h"
#include "altm-vault-private.h"
#include "altm-wipe.h"

G_DEFINE_QUARK (altm-lock-error-quark, altm_lock_error)

/* In the settings, so that they are counted across restarts and carried over where a damaged store is mended. */
#define TRIES "lock_tries"
#define TRIED_AT "lock_tried_at"
#define DESTROYING "lock_destroying"
#define DESTROYED "lock_destroyed"

/* How long to wait after so many wrong tries, in seconds: a mediator in gloves mistypes three times for
 * nothing; whoever guesses gets ten tries in two hours, and no more. */
static const gint64 waits[ALTM_LOCK_TRIES + 1] = { 0, 0, 0, 5, 15, 60, 300, 900, 1800, 3600, 3600 };

static const char *const reason_names[] = {
  [ALTM_LOCK_REASON_NONE] = "none",
  [ALTM_LOCK_REASON_TRIES] = "tries",
  [ALTM_LOCK_REASON_RESET] = "reset",
  [ALTM_LOCK_REASON_WIPE] = "wipe",
  [ALTM_LOCK_REASON_RETIRED] = "retired",
};

void
altm_lock_state_clear (AltmLockState *self)
{
  g_clear_pointer (&self->vault, altm_vault_unref);
  g_clear_pointer (&self->holders, g_strfreev);
}

static gboolean
refuse (GError **error, AltmLockError code, const char *why)
{
  g_set_error_literal (error, ALTM_LOCK_ERROR, code, why);
  return FALSE;
}

static gint64
get_number (AltmStore *store, const char *name)
{
  g_autofree char *text = altm_store_get_setting (store, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static gboolean
set_number (AltmStore *store, const char *name, gint64 number, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return altm_store_set_setting (store, name, text, error);
}

static int
count_tries (AltmStore *store)
{
  return (int) CLAMP (get_number (store, TRIES), 0, ALTM_LOCK_TRIES);
}

static gboolean
is_destroying (AltmStore *store)
{
  g_autofree char *because = altm_store_get_setting (store, DESTROYING);

  return because != NULL;
}

static AltmLockReason
read_reason (AltmStore *store, const char *name)
{
  g_autofree char *text = altm_store_get_setting (store, name);

  for (gsize i = 0; i < G_N_ELEMENTS (reason_names); i++)
    if (g_strcmp0 (reason_names[i], text) == 0)
      return (AltmLockReason) i;
  return ALTM_LOCK_REASON_NONE;
}

/* A clock that was put back would make the wait as long as it was put back, and one that is put back after
 * each try would make none. So the whole wait begins anew. Putting it forward ends a wait early; there are
 * still only ten tries, and a tablet has no other clock that runs while it is off. */
static gboolean
follow_clock (AltmStore *store, gint64 now, GError **error)
{
  if (now >= get_number (store, TRIED_AT) || waits[count_tries (store)] == 0)
    return TRUE;
  return set_number (store, TRIED_AT, now, error);
}

static gint64
find_wait (AltmStore *store, gint64 now)
{
  gint64 until = get_number (store, TRIED_AT) + waits[count_tries (store)] * G_USEC_PER_SEC;

  return waits[count_tries (store)] > 0 && until > now ? until : 0;
}

static gboolean
load_vault (AltmStore *store, AltmLockState *state, GError **error)
{
  g_autoptr(GError) problem = NULL;

  if (is_destroying (store))
    return TRUE;
  state->vault = altm_vault_load (altm_store_get_directory (store), &problem);
  state->is_damaged = g_error_matches (problem, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_DAMAGED);
  state->is_set = state->vault != NULL || state->is_damaged;
  if (problem == NULL || problem->domain == ALTM_VAULT_ERROR)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/**
 * altm_lock_load_state:
 * @now: microseconds since 1970-01-01 UTC
 * @state: (out caller-allocates): for altm_lock_state_clear()
 *
 * Where the clock stands before the last wrong try, the wait after it begins anew at @now, and that is noted.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR, @state then being empty
 */
gboolean
altm_lock_load_state (AltmStore *store, gint64 now, AltmLockState *state, GError **error)
{
  *state = (AltmLockState) { .tries_left = ALTM_LOCK_TRIES };
  if (!follow_clock (store, now, error) || !load_vault (store, state, error))
    return FALSE;
  state->holders = state->vault != NULL ? altm_vault_list_holders (state->vault) : g_new0 (char *, 1);
  state->tries_left = ALTM_LOCK_TRIES - count_tries (store);
  state->wait_until = find_wait (store, now);
  if (!state->is_set)
    state->destroyed_because = read_reason (store, is_destroying (store) ? DESTROYING : DESTROYED);
  if (altm_store_check (store, error))
    return TRUE;
  altm_lock_state_clear (state);
  return FALSE;
}

static gboolean
note_try (AltmStore *store, gint64 now, GError **error)
{
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  is_good = set_number (store, TRIES, count_tries (store) + 1, error) && set_number (store, TRIED_AT, now, error);
  return altm_store_end (store, is_good, error);
}

/**
 * altm_lock_begin_try:
 * @holder: who unlocks
 * @now: microseconds since 1970-01-01 UTC
 *
 * Notes a wrong try, and that is on the disk before the try is made: whoever pulls the battery to unsay it
 * has spent it all the same. altm_lock_end_try() takes it back where it was a right one.
 *
 * Returns: (transfer full): the keys, for altm_vault_open() in another thread, or %NULL with
 *   %ALTM_LOCK_ERROR_NOT_SET, %ALTM_LOCK_ERROR_WAIT, %ALTM_VAULT_ERROR_HOLDER, %ALTM_VAULT_ERROR_DAMAGED or
 *   an %ALTM_STORE_ERROR; no try is spent then
 */
AltmVault *
altm_lock_begin_try (AltmStore *store, const char *holder, gint64 now, GError **error)
{
  g_auto(AltmLockState) state = { FALSE };

  if (!altm_lock_load_state (store, now, &state, error))
    return NULL;
  if (!state.is_set)
    refuse (error, ALTM_LOCK_ERROR_NOT_SET, "no lock is set");
  else if (state.is_damaged)
    g_set_error_literal (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_DAMAGED, "the keys are damaged");
  else if (!g_strv_contains ((const char *const *) state.holders, holder))
    g_set_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER, "no keys are kept for \"%s\"", holder);
  else if (state.wait_until > 0 || state.tries_left == 0)
    refuse (error, ALTM_LOCK_ERROR_WAIT, "too early after a wrong try");
  else if (note_try (store, now, error))
    return g_steal_pointer (&state.vault);
  return NULL;
}

static gboolean
forget_tries (AltmStore *store, GError **error)
{
  return altm_store_set_setting (store, TRIES, NULL, error) && altm_store_set_setting (store, TRIED_AT, NULL, error);
}

static gboolean
is_on_disk (AltmStore *store, AltmVault *vault)
{
  g_auto(AltmLockState) state = { FALSE };

  return load_vault (store, &state, NULL) && state.vault != NULL && altm_vault_equal (state.vault, vault);
}

static gboolean
end_right_try (AltmStore *store, AltmVault *vault, GError **error)
{
  if (!is_on_disk (store, vault))
    return refuse (error, ALTM_LOCK_ERROR_NOT_SET, "the keys were changed or destroyed meanwhile");
  return altm_store_begin (store, error) && altm_store_end (store, forget_tries (store, error), error);
}

/**
 * altm_lock_end_try:
 * @vault: as altm_lock_begin_try() gave it
 * @is_open: whether altm_vault_open() opened it; where it had no memory to try, altm_lock_cancel_try() is to
 *   be called instead
 * @now: microseconds since 1970-01-01 UTC, from when the wait counts
 *
 * A right try gives back all of them; the tenth wrong one destroys the keys as altm_lock_destroy() does,
 * which the state then says.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_LOCK_ERROR_NOT_SET where the keys were changed or destroyed
 *   meanwhile: what @vault opened is to be given back at once; or an %ALTM_STORE_ERROR
 */
gboolean
altm_lock_end_try (AltmStore *store, AltmVault *vault, gboolean is_open, gint64 now, GError **error)
{
  if (is_open)
    return end_right_try (store, vault, error);
  if (!is_on_disk (store, vault))
    return TRUE;
  if (count_tries (store) >= ALTM_LOCK_TRIES)
    return altm_lock_destroy (store, ALTM_LOCK_REASON_TRIES, error);
  return set_number (store, TRIED_AT, now, error);
}

/**
 * altm_lock_cancel_try:
 *
 * Takes back one try, which could not be made: %ALTM_VAULT_ERROR_MEMORY, and nothing else. It told nothing
 * about the secret.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_lock_cancel_try (AltmStore *store, GError **error)
{
  int tries = count_tries (store);

  return tries > 0 ? set_number (store, TRIES, tries - 1, error) : altm_store_check (store, error);
}

static gboolean
is_still (AltmStore *store, AltmVault *before, GError **error)
{
  g_auto(AltmLockState) state = { FALSE };

  if (!load_vault (store, &state, error))
    return FALSE;
  if (before == NULL ? !state.is_set : state.vault != NULL && altm_vault_equal (state.vault, before))
    return TRUE;
  return refuse (error, ALTM_LOCK_ERROR_CHANGED, "the lock was changed or destroyed meanwhile");
}

static gboolean
reset_settings (AltmStore *store, GError **error)
{
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  is_good = forget_tries (store, error) && altm_store_set_setting (store, DESTROYED, NULL, error);
  return altm_store_end (store, is_good, error);
}

/**
 * altm_lock_set:
 * @before: (nullable): the vault that @vault was made of, which must still be the one on the disk; %NULL for
 *   a first lock
 * @vault: as altm_vault_create(), altm_vault_set_holder() or altm_vault_remove_holder() made it
 *
 * Puts the keys on the disk. From then on readable copies are made, and drafts keep their private parts. All
 * tries are given back: who changes a lock has unlocked it.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_LOCK_ERROR_CHANGED, %ALTM_LOCK_ERROR_WIPING or an %ALTM_STORE_ERROR; the lock
 *   is then as it was
 */
gboolean
altm_lock_set (AltmStore *store, AltmVault *before, AltmVault *vault, GError **error)
{
  if (altm_wipe_is_ordered (store))
    return refuse (error, ALTM_LOCK_ERROR_WIPING, "this tablet is being wiped");
  if ((is_destroying (store) && !altm_lock_sweep (store, error)) || !is_still (store, before, error) ||
      !reset_settings (store, error) || !altm_vault_save (vault, altm_store_get_directory (store), error))
    return FALSE;
  altm_lock_load_copier (store);
  return TRUE;
}

static gboolean
drop_readable (AltmStore *store, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  is_good = altm_sql_run (sql, error, "UPDATE lines SET copy = NULL WHERE copy IS NOT NULL", "") &&
            altm_sql_run (sql, error, "UPDATE drafts SET private = NULL WHERE private IS NOT NULL", "");
  return altm_store_end (store, is_good, error);
}

static gboolean
note_destroyed (AltmStore *store, AltmLockReason because, GError **error)
{
  const char *reason = because != ALTM_LOCK_REASON_NONE ? reason_names[because] : NULL;
  gboolean is_good;

  if (!altm_store_begin (store, error))
    return FALSE;
  is_good = forget_tries (store, error) && altm_store_set_setting (store, DESTROYED, reason, error) &&
            altm_store_set_setting (store, DESTROYING, NULL, error);
  return altm_store_end (store, is_good, error);
}

/* The keys first: without them the copies are noise, wherever a disk may still keep them. */
static gboolean
finish_destroying (AltmStore *store, AltmLockReason because, GError **error)
{
  altm_store_set_copier (store, NULL);
  return altm_vault_destroy (altm_store_get_directory (store), error) && altm_store_remove_backups (store, error) &&
         drop_readable (store, error) && altm_sql_fold_log (altm_store_get_sql (store), TRUE, error) &&
         note_destroyed (store, because, error);
}

/**
 * altm_lock_destroy:
 * @because: why
 *
 * Destroys the keys, the readable copies, and the private parts of drafts; nothing of what is queued for HQ.
 * It is noted first, so that it is ended when the store is opened again, if it is interrupted. A slow
 * altm_vault_set_holder() that began before cannot bring the keys back: altm_lock_set() refuses it.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR: then the lock is no longer set, and what was not done
 *   is done at the next opening
 */
gboolean
altm_lock_destroy (AltmStore *store, AltmLockReason because, GError **error)
{
  altm_store_set_copier (store, NULL);
  return altm_store_set_setting (store, DESTROYING, reason_names[because], error) &&
         finish_destroying (store, because, error);
}

static AltmVault *
leave_listed (AltmVault *vault, AltmLists *lists)
{
  g_auto(GStrv) holders = altm_vault_list_holders (vault);
  g_autoptr(AltmVault) left = altm_vault_ref (vault);

  for (gsize i = 0; holders[i] != NULL; i++)
    {
      AltmVault *changed;

      if (g_str_equal (holders[i], ALTM_LOCK_TABLET) || altm_lists_find_mediator (lists, holders[i]) != NULL)
        continue;
      changed = altm_vault_remove_holder (left, holders[i], NULL);
      altm_vault_unref (left);
      left = changed;
      if (left == NULL)
        return NULL;
    }
  return g_steal_pointer (&left);
}

/**
 * altm_lock_retire:
 * @lists: HQ's, which are about to be taken
 *
 * A mediator who is not on HQ's list opens this tablet no longer; those who are keep their PIN, and so does
 * %ALTM_LOCK_TABLET. Where nobody else holds the keys they are destroyed. A list without mediators says
 * nothing. It gives no try back: nobody has unlocked anything.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR; some may still hold the keys then
 */
gboolean
altm_lock_retire (AltmStore *store, AltmLists *lists, GError **error)
{
  g_auto(AltmLockState) state = { FALSE };
  g_autoptr(AltmVault) left = NULL;

  if (!altm_lists_has_mediators (lists))
    return TRUE;
  if (!load_vault (store, &state, error))
    return FALSE;
  if (state.vault == NULL)
    return TRUE;
  left = leave_listed (state.vault, lists);
  if (left == NULL)
    return altm_lock_destroy (store, ALTM_LOCK_REASON_RETIRED, error);
  return altm_vault_equal (left, state.vault) || altm_vault_save (left, altm_store_get_directory (store), error);
}

/* What an interruption left: a destruction half done, and a tenth try whose end nobody saw. */
gboolean
altm_lock_sweep (AltmStore *store, GError **error)
{
  if (is_destroying (store))
    return finish_destroying (store, read_reason (store, DESTROYING), error);
  if (count_tries (store) >= ALTM_LOCK_TRIES)
    return altm_lock_destroy (store, ALTM_LOCK_REASON_TRIES, error);
  return TRUE;
}

/* The public half is all that is needed to seal; keys that can't be read make no copies, and never keep a
 * record from being saved. */
void
altm_lock_load_copier (AltmStore *store)
{
  g_auto(AltmLockState) state = { FALSE };

  load_vault (store, &state, NULL);
  altm_store_set_copier (store, state.vault != NULL ? altm_copier_new (altm_vault_get_key (state.vault), NULL) : NULL);
}
