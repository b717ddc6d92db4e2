/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-hq-keys.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "altm-files.h"
#include "altm-hq-keys-private.h"
#include "altm-hq-lines.h"
#include "altm-hq-owner.h"
#include "altm-time.h"

#define FILE_VERSION 1
#define FILE_BYTES (256 * 1024)
#define KEY_ID_DIGITS 16

G_DEFINE_QUARK (altm-hq-keys-error-quark, altm_hq_keys_error)

static void
free_key (gpointer data)
{
  AltmHqKey *key = data;

  g_free (key->key);
  g_free (key->sealed);
  g_free (key);
}

static void
forget (AltmHqKeys *self)
{
  g_clear_pointer (&self->vault, altm_vault_unref);
  g_ptr_array_set_size (self->keys, 0);
  g_clear_pointer (&self->current, g_free);
  self->has_raw = FALSE;
}

/**
 * altm_hq_keys_free:
 * @self: (nullable): freed; it holds no secret
 */
void
altm_hq_keys_free (AltmHqKeys *self)
{
  if (self == NULL)
    return;
  forget (self);
  g_ptr_array_unref (self->keys);
  g_free (self->path);
  g_free (self->raw_path);
  g_free (self->gone_path);
  g_free (self);
}

void
altm_hq_keys_set_cost (AltmHqKeys *self, AltmVaultCost cost)
{
  self->cost = cost;
}

void
altm_hq_keys_stop_after (AltmHqKeys *self, AltmHqKeysStep step)
{
  self->last = step;
}

gboolean
altm_hq_keys_fail (GError **error, AltmHqKeysError code, const char *why)
{
  g_set_error_literal (error, ALTM_HQ_KEYS_ERROR, code, why);
  return FALSE;
}

gboolean
altm_hq_keys_fail_at (GError **error, AltmHqKeysError code, const char *path, const char *why)
{
  g_set_error (error, ALTM_HQ_KEYS_ERROR, code, "%s: %s", path, why);
  return FALSE;
}

gboolean
altm_hq_keys_fail_damaged (GError **error, const char *path)
{
  return altm_hq_keys_fail_at (error, ALTM_HQ_KEYS_ERROR_DAMAGED, path,
                               "not a keys file of this program's, or altered. Nothing was changed; put a copy of it back");
}

gboolean
altm_hq_keys_fail_unprotected (GError **error)
{
  return altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_UNPROTECTED,
                            "nobody holds the sealing key by a passphrase yet; `keys protect NAME` comes first");
}

static gboolean
fail_holder (GError **error, const char *holder)
{
  g_set_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_HOLDER, "%s is no holder of the keys; `keys` lists them", holder);
  return FALSE;
}

AltmHqKey *
altm_hq_keys_find (AltmHqKeys *self, const char *name)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      AltmHqKey *key = g_ptr_array_index (self->keys, i);

      if (strncmp (key->key, name, KEY_ID_DIGITS) == 0 && strlen (name) >= KEY_ID_DIGITS)
        return key;
    }
  return NULL;
}

AltmHqKey *
altm_hq_keys_add (AltmHqKeys *self, const char *text, gint64 made_at, const char *sealed)
{
  AltmHqKey *key = g_new0 (AltmHqKey, 1);

  key->key = g_strdup (text);
  key->made_at = made_at;
  key->sealed = g_strdup (sealed);
  g_ptr_array_add (self->keys, key);
  return key;
}

static gboolean
read_key (AltmHqKeys *self, json_t *object)
{
  const char *key = altm_json_get_string (object, "key");
  const char *at = altm_json_get_string (object, "made_at");
  const char *sealed = altm_json_get_string (object, "sealed");
  gint64 made_at;

  if (!altm_seal_is_key (key) || at == NULL || !altm_time_parse (at, &made_at) || sealed == NULL ||
      !altm_seal_is_sealed (sealed) || altm_hq_keys_find (self, key) != NULL)
    return FALSE;
  altm_hq_keys_add (self, key, made_at, sealed);
  return TRUE;
}

static gboolean
read_keys (AltmHqKeys *self, json_t *root)
{
  const char *current = altm_json_get_string (root, "current");
  json_t *keys = json_object_get (root, "keys");
  AltmHqKey *found;
  json_t *key;
  gsize i;

  if (altm_json_get_integer (root, "version", 0) != FILE_VERSION || current == NULL)
    return FALSE;
  self->vault = altm_vault_read (json_object_get (root, "vault"));
  if (self->vault == NULL)
    return FALSE;
  json_array_foreach (keys, i, key)
    if (!read_key (self, key))
      return FALSE;
  found = altm_hq_keys_find (self, current);
  self->current = found != NULL ? g_strdup (found->key) : NULL;
  return found != NULL;
}

static gboolean
check_size (const char *path, GStatBuf *status, GError **error)
{
  if (g_stat (path, status) != 0)
    return altm_hq_keys_fail_at (error, ALTM_HQ_KEYS_ERROR_FAILED, path, g_strerror (errno));
  return status->st_size <= FILE_BYTES || altm_hq_keys_fail_damaged (error, path);
}

static gboolean
load_file (AltmHqKeys *self, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr(json_t) root = NULL;
  g_autoptr(GError) problem = NULL;
  GStatBuf status;
  gsize length;

  if (!check_size (self->path, &status, error))
    return FALSE;
  if (!g_file_get_contents (self->path, &text, &length, &problem))
    return altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_FAILED, problem->message);
  root = altm_json_parse (text, length, NULL);
  return (root != NULL && read_keys (self, root)) || altm_hq_keys_fail_damaged (error, self->path);
}

/* The secret half is not kept: serving seals nothing and opens nothing. */
static gboolean
load_raw (AltmHqKeys *self, GError **error)
{
  g_autoptr(AltmSealPair) pair = NULL;
  GStatBuf status;

  if (!check_size (self->raw_path, &status, error) || (pair = altm_seal_pair_load (self->raw_path, error)) == NULL)
    return FALSE;
  altm_hq_keys_add (self, altm_seal_pair_get_key (pair), (gint64) status.st_mtime * G_USEC_PER_SEC, NULL);
  self->current = g_strdup (altm_seal_pair_get_key (pair));
  return TRUE;
}

gboolean
altm_hq_keys_reload (AltmHqKeys *self, GError **error)
{
  forget (self);
  self->has_raw = g_file_test (self->raw_path, G_FILE_TEST_EXISTS);
  if (g_file_test (self->path, G_FILE_TEST_EXISTS))
    return load_file (self, error);
  return !self->has_raw || load_raw (self, error);
}

/**
 * altm_hq_keys_load:
 * @directory: the store's folder
 * @path: (nullable): the keys file; `STORE.keys` where it is %NULL
 *
 * Reads what the keys file holds, or `STORE.key` where there is none; neither is made.
 *
 * Returns: (transfer full): the keys, without one where there is no file, or %NULL with
 *   %ALTM_HQ_KEYS_ERROR_DAMAGED or _FAILED, or %ALTM_SEAL_ERROR_FILE
 */
AltmHqKeys *
altm_hq_keys_load (const char *directory, const char *path, GError **error)
{
  g_autoptr(AltmHqKeys) self = g_new0 (AltmHqKeys, 1);
  gsize length = strlen (directory);

  if (sodium_init () < 0)
    {
      altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_FAILED, "this machine gives no random numbers");
      return NULL;
    }
  while (length > 1 && directory[length - 1] == '/')
    length--;
  self->path = path != NULL ? g_strdup (path) : g_strdup_printf ("%.*s.keys", (int) length, directory);
  self->raw_path = g_strdup_printf ("%.*s.key", (int) length, directory);
  self->gone_path = g_strconcat (self->raw_path, ".going", NULL);
  self->keys = g_ptr_array_new_with_free_func (free_key);
  self->last = ALTM_HQ_KEYS_STEP_DONE;
  return altm_hq_keys_reload (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * altm_hq_keys_get_path:
 *
 * Returns: (transfer none): the keys file's, whether it exists or not
 */
const char *
altm_hq_keys_get_path (AltmHqKeys *self)
{
  return self->path;
}

/**
 * altm_hq_keys_get_current:
 *
 * Returns: (transfer none) (nullable): the public half to seal to, KEYID.BASE64
 */
const char *
altm_hq_keys_get_current (AltmHqKeys *self)
{
  return self->current;
}

/**
 * altm_hq_keys_is_protected:
 *
 * Returns: whether people hold the keys by a passphrase
 */
gboolean
altm_hq_keys_is_protected (AltmHqKeys *self)
{
  return self->vault != NULL;
}

/**
 * altm_hq_keys_has_stray:
 *
 * Returns: whether a key still lies open beside those that people hold
 */
gboolean
altm_hq_keys_has_stray (AltmHqKeys *self)
{
  return self->vault != NULL && (self->has_raw || g_file_test (self->gone_path, G_FILE_TEST_EXISTS));
}

/**
 * altm_hq_keys_list_holders:
 *
 * Returns: (transfer full): their names, sorted
 */
char **
altm_hq_keys_list_holders (AltmHqKeys *self)
{
  return self->vault != NULL ? altm_vault_list_holders (self->vault) : g_new0 (char *, 1);
}

/**
 * altm_hq_keys_check:
 * @known: (nullable): the key that the store was last used with, the empty text for one of which
 *   nothing is known; %NULL for a store that never had one
 *
 * A store that was used with a key does not go on with another in silence: what is sealed to the one
 * that is missing could not be opened any more, and nobody would have noticed.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_MISSING or _OTHER
 */
gboolean
altm_hq_keys_check (AltmHqKeys *self, const char *known, GError **error)
{
  static const char advice[] = "Nothing was changed. Put a copy of that file back, or name it by --keys. Only if it is "
                               "lost for good: `keys abandon` gives up what is sealed to it, and a new key is made";

  if (known == NULL || altm_hq_keys_find (self, known) != NULL || (*known == '\0' && self->current != NULL))
    return TRUE;
  if (self->current == NULL)
    g_set_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_MISSING,
                 "this store was used with the sealing key %.16s, and neither %s nor %s is there. %s",
                 *known != '\0' ? known : "(unknown)", self->path, self->raw_path, advice);
  else
    g_set_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_OTHER,
                 "this store was used with the sealing key %.16s, which is not in %s. %s", known,
                 self->vault != NULL ? self->path : self->raw_path, advice);
  return FALSE;
}

static json_t *
describe_holders (AltmHqKeys *self)
{
  g_auto(GStrv) names = altm_hq_keys_list_holders (self);
  json_t *holders = json_array ();

  for (gsize i = 0; names[i] != NULL; i++)
    json_array_append_new (holders, json_string (names[i]));
  return holders;
}

/**
 * altm_hq_keys_write:
 * @output: where the lines go
 *
 * Writes the keys in the order in which they were made as NDJSON: `key` (KEYID), `made_at` (UTC),
 * `current`, `protected`, `holders`.
 *
 * Returns: %TRUE, or %FALSE with a %G_FILE_ERROR
 */
gboolean
altm_hq_keys_write (AltmHqKeys *self, FILE *output, GError **error)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();

  for (guint i = 0; i < self->keys->len; i++)
    {
      const AltmHqKey *key = g_ptr_array_index (self->keys, i);
      g_autofree char *at = altm_time_format (key->made_at, utc);
      g_autoptr(json_t) root =
        json_pack ("{s:s%, s:s, s:b, s:b, s:o}", "key", key->key, (size_t) KEY_ID_DIGITS, "made_at", at, "current",
                   strcmp (key->key, self->current) == 0, "protected", key->sealed != NULL, "holders",
                   describe_holders (self));

      if (!altm_hq_lines_write (root, output, error))
        return FALSE;
    }
  return TRUE;
}

static json_t *
pack_keys (AltmHqKeys *self)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  json_t *keys = json_array ();

  for (guint i = 0; i < self->keys->len; i++)
    {
      const AltmHqKey *key = g_ptr_array_index (self->keys, i);
      g_autofree char *at = altm_time_format (key->made_at, utc);

      json_array_append_new (keys, json_pack ("{s:s, s:s, s:s}", "key", key->key, "made_at", at, "sealed", key->sealed));
    }
  return keys;
}

gboolean
altm_hq_keys_save (AltmHqKeys *self, GError **error)
{
  g_autofree char *vault = altm_vault_write (self->vault);
  g_autoptr(json_t) root = json_pack ("{s:i, s:s, s:o, s:o}", "version", FILE_VERSION, "current", self->current, "keys",
                                      pack_keys (self), "vault", altm_json_parse (vault, strlen (vault), NULL));
  g_autofree char *text = altm_json_write (root);

  if (!altm_files_replace (self->path, text, strlen (text), error))
    return FALSE;
  altm_hq_owner_keep (self->path);
  return TRUE;
}

/* The vault's errors as those of HQ's keys; what is said of PINs there is not for HQ. */
gboolean
altm_hq_keys_translate (GError *problem, const char *holder, GError **error)
{
  g_autoptr(GError) owned = problem;

  if (g_error_matches (problem, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER))
    fail_holder (error, holder);
  else if (g_error_matches (problem, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_SECRET))
    g_set_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_PASSPHRASE, "this is not the passphrase of %s", holder);
  else if (g_error_matches (problem, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_WEAK))
    altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_WEAK, problem->message);
  else
    altm_hq_keys_fail (error, ALTM_HQ_KEYS_ERROR_FAILED, problem->message);
  return FALSE;
}

AltmSealPair *
altm_hq_keys_open_master (AltmHqKeys *self, const AltmHqHolder *holder, GError **error)
{
  GError *problem = NULL;
  AltmSealPair *master = altm_vault_open (self->vault, holder->name, holder->passphrase, &problem);

  if (master == NULL)
    altm_hq_keys_translate (problem, holder->name, error);
  return master;
}

static void
wipe_text (json_t *value)
{
  char *text = (char *) json_string_value (value);

  if (text != NULL)
    sodium_memzero (text, strlen (text));
}

/* Seals a pair's secret half to the master's public half, bound to the pair's name as a private part is to
 * its record. */
char *
altm_hq_keys_seal_secret (AltmHqKeys *self, AltmSealPair *pair, GError **error)
{
  char text[sodium_base64_ENCODED_LEN (ALTM_SEAL_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL)];
  g_autofree char *name = g_strndup (altm_seal_pair_get_key (pair), KEY_ID_DIGITS);
  g_autoptr(json_t) private = NULL;
  char *sealed;

  sodium_bin2base64 (text, sizeof text, altm_seal_pair_get_secret (pair), ALTM_SEAL_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
  private = json_pack ("{s:s}", "secret", text);
  sodium_memzero (text, sizeof text);
  sealed = altm_seal (altm_vault_get_key (self->vault), name, 1, private, error);
  wipe_text (json_object_get (private, "secret"));
  return sealed;
}

static AltmSealPair *
read_secret (const AltmHqKey *key, json_t *root)
{
  const char *text = altm_json_get_string (json_object_get (root, "private"), "secret");
  guint8 *secret = sodium_malloc (ALTM_SEAL_KEY_BYTES);
  g_autoptr(AltmSealPair) pair = NULL;
  gsize length = 0;

  if (secret != NULL && text != NULL &&
      sodium_base642bin (secret, ALTM_SEAL_KEY_BYTES, text, strlen (text), NULL, &length, NULL,
                         sodium_base64_VARIANT_ORIGINAL) == 0 &&
      length == ALTM_SEAL_KEY_BYTES)
    pair = altm_seal_pair_new_from_secret (secret);
  sodium_free (secret);
  return pair != NULL && strcmp (altm_seal_pair_get_key (pair), key->key) == 0 ? g_steal_pointer (&pair) : NULL;
}

/* The public half that tablets seal to is checked against what the secret one says. */
AltmSealPair *
altm_hq_keys_open_key (AltmHqKeys *self, const AltmHqKey *key, AltmSealPair *master, GError **error)
{
  g_autoptr(json_t) root = altm_seal_pair_open (master, key->sealed, NULL);
  AltmSealPair *pair = root != NULL ? read_secret (key, root) : NULL;

  wipe_text (json_object_get (json_object_get (root, "private"), "secret"));
  if (pair == NULL)
    altm_hq_keys_fail_damaged (error, self->path);
  return pair;
}

/**
 * altm_hq_keys_check_open:
 * @sealed: a line's `private`
 * @holder: who wants to open it
 *
 * Looks whether a passphrase could open it, before anybody is asked for one.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_HQ_KEYS_ERROR_UNPROTECTED, _UNKNOWN_KEY or _HOLDER
 */
gboolean
altm_hq_keys_check_open (AltmHqKeys *self, const char *sealed, const char *holder, GError **error)
{
  g_auto(GStrv) names = altm_hq_keys_list_holders (self);

  if (self->vault == NULL)
    return altm_hq_keys_fail_unprotected (error);
  if (altm_hq_keys_find (self, sealed) == NULL)
    {
      g_set_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_UNKNOWN_KEY,
                   "it was sealed to the key %.16s, which is not in %s; put a keys file that has it back", sealed, self->path);
      return FALSE;
    }
  return g_strv_contains ((const char *const *) names, holder) || fail_holder (error, holder);
}

/**
 * altm_hq_keys_unlock:
 * @sealed: a line's `private`
 * @holder: who opens it; takes about a second, as each guess would
 *
 * Returns: (transfer full): the pair that opens it, or %NULL as altm_hq_keys_check_open(), or with
 *   %ALTM_HQ_KEYS_ERROR_PASSPHRASE, _DAMAGED or _FAILED
 */
AltmSealPair *
altm_hq_keys_unlock (AltmHqKeys *self, const char *sealed, const AltmHqHolder *holder, GError **error)
{
  g_autoptr(AltmSealPair) master =
    altm_hq_keys_check_open (self, sealed, holder->name, error) ? altm_hq_keys_open_master (self, holder, error) : NULL;

  return master != NULL ? altm_hq_keys_open_key (self, altm_hq_keys_find (self, sealed), master, error) : NULL;
}
