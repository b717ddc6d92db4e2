/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-vault.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "altm-files.h"
#include "altm-store.h"
#include "altm-vault-private.h"

#define FILE_NAME "keys.json"
#define FILE_VERSION 1

/* What a file may ask for, so that one from a stranger costs neither the memory nor the day. */
#define FILE_BYTES (64 * 1024)
#define MOST_PASSES 32
#define MOST_MEMORY ((gsize) 256 << 20)

#define LEAST_MEMORY ((gsize) 64 << 20)
#define NAME_BYTES 64
#define SECRET_BYTES 256

/* An opening takes about so long where it was calibrated: a mediator waits for it with a client before them,
 * and whoever guesses pays it a million times for six digits. */
#define SECONDS 0.65

#define SALT_BYTES crypto_pwhash_SALTBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define WRAPPED_BYTES (ALTM_SEAL_KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES)

G_DEFINE_QUARK (altm-vault-error-quark, altm_vault_error)

typedef struct
{
  char *name;
  AltmVaultKind kind;
  AltmVaultCost cost;
  guint8 salt[SALT_BYTES];
  guint8 nonce[NONCE_BYTES];
  guint8 wrapped[WRAPPED_BYTES];
} Holder;

struct _AltmVault
{
  char *key;
  GPtrArray *holders; /* sorted by name */
};

static const char *const kind_names[] = { [ALTM_VAULT_PIN] = "pin", [ALTM_VAULT_PASSPHRASE] = "passphrase" };

static void
free_holder (gpointer data)
{
  Holder *holder = data;

  g_free (holder->name);
  g_free (holder);
}

static Holder *
copy_holder (const Holder *holder)
{
  Holder *copy = g_memdup2 (holder, sizeof *holder);

  copy->name = g_strdup (holder->name);
  return copy;
}

static AltmVault *
vault_new (const char *key)
{
  AltmVault *self = g_atomic_rc_box_new0 (AltmVault);

  self->key = g_strdup (key);
  self->holders = g_ptr_array_new_with_free_func (free_holder);
  return self;
}

static void
end_vault (gpointer data)
{
  AltmVault *self = data;

  g_free (self->key);
  g_ptr_array_unref (self->holders);
}

AltmVault *
altm_vault_ref (AltmVault *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * altm_vault_unref:
 * @self: (nullable): given back
 */
void
altm_vault_unref (AltmVault *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, end_vault);
}

static Holder *
find_holder (AltmVault *self, const char *name)
{
  for (guint i = 0; i < self->holders->len; i++)
    {
      Holder *holder = g_ptr_array_index (self->holders, i);

      if (strcmp (holder->name, name) == 0)
        return holder;
    }
  return NULL;
}

static gboolean
fail (GError **error, AltmVaultError code, const char *why)
{
  g_set_error_literal (error, ALTM_VAULT_ERROR, code, why);
  return FALSE;
}

static gboolean
fail_holder (GError **error, const char *holder)
{
  g_set_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER, "no keys are kept for \"%s\"", holder);
  return FALSE;
}

static gboolean
is_name (const char *name)
{
  if (name == NULL || *name == '\0' || strlen (name) > NAME_BYTES || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

static gboolean
is_cost (AltmVaultCost cost)
{
  return cost.opslimit >= crypto_pwhash_argon2id_OPSLIMIT_MIN && cost.opslimit <= MOST_PASSES &&
         cost.memlimit >= crypto_pwhash_argon2id_MEMLIMIT_MIN && cost.memlimit <= MOST_MEMORY;
}

static gint
compare_holders (gconstpointer one, gconstpointer other)
{
  return strcmp ((*(Holder *const *) one)->name, (*(Holder *const *) other)->name);
}

static void
take_holder (AltmVault *self, Holder *holder)
{
  g_ptr_array_add (self->holders, holder);
  g_ptr_array_sort (self->holders, compare_holders);
}

static gboolean
read_bytes (json_t *object, const char *name, guint8 *bytes, gsize size)
{
  const char *text = altm_json_get_string (object, name);
  gsize length = 0;

  return text != NULL &&
         sodium_base642bin (bytes, size, text, strlen (text), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
         length == size;
}

static gboolean
read_kind (const char *name, AltmVaultKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (kind_names[i], name) == 0)
      {
        *kind = (AltmVaultKind) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_holder (AltmVault *self, json_t *object)
{
  Holder *holder = g_new0 (Holder, 1);
  gint64 opslimit = altm_json_get_integer (object, "opslimit", 0);
  gint64 memlimit = altm_json_get_integer (object, "memlimit", 0);

  holder->name = g_strdup (altm_json_get_string (object, "name"));
  holder->cost = (AltmVaultCost) { (guint64) MAX (opslimit, 0), (gsize) MAX (memlimit, 0) };
  if (is_name (holder->name) && find_holder (self, holder->name) == NULL && is_cost (holder->cost) &&
      read_kind (altm_json_get_string (object, "kind"), &holder->kind) &&
      read_bytes (object, "salt", holder->salt, SALT_BYTES) &&
      read_bytes (object, "nonce", holder->nonce, NONCE_BYTES) &&
      read_bytes (object, "wrapped", holder->wrapped, WRAPPED_BYTES))
    {
      take_holder (self, holder);
      return TRUE;
    }
  free_holder (holder);
  return FALSE;
}

/**
 * altm_vault_read:
 * @root: (nullable): as altm_vault_write() wrote it
 *
 * Returns: (transfer full) (nullable): the vault in it, %NULL where it is none
 */
AltmVault *
altm_vault_read (json_t *root)
{
  const char *key = altm_json_get_string (root, "key");
  json_t *holders = json_object_get (root, "holders");
  g_autoptr(AltmVault) self = vault_new (key);
  gsize i;
  json_t *holder;

  if (altm_json_get_integer (root, "version", 0) != FILE_VERSION || !altm_seal_is_key (key) ||
      !json_is_array (holders) || json_array_size (holders) < 1 || json_array_size (holders) > ALTM_VAULT_HOLDERS)
    return NULL;
  json_array_foreach (holders, i, holder)
    if (!read_holder (self, holder))
      return NULL;
  return g_steal_pointer (&self);
}

/**
 * altm_vault_load:
 * @directory: a store's folder
 *
 * Returns: (transfer full): what `keys.json` holds, or %NULL with %ALTM_VAULT_ERROR_MISSING where there is
 *   none, _DAMAGED where it is not what this program writes, or %ALTM_STORE_ERROR_FAILED where the disk does
 *   not give it
 */
AltmVault *
altm_vault_load (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, FILE_NAME, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) problem = NULL;
  g_autoptr(json_t) root = NULL;
  AltmVault *self;
  GStatBuf status;
  gsize length;

  errno = 0; /* a file that is too long leaves it as it was */
  if (g_stat (path, &status) == 0 && status.st_size <= FILE_BYTES)
    g_file_get_contents (path, &text, &length, &problem);
  else if (errno == ENOENT)
    fail (error, ALTM_VAULT_ERROR_MISSING, "no lock is set");
  else
    fail (error, ALTM_VAULT_ERROR_DAMAGED, "the file of the keys is not what this program writes");
  if (problem != NULL)
    g_set_error_literal (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_FAILED, problem->message);
  if (text == NULL)
    return NULL;

  root = altm_json_parse (text, length, NULL);
  self = root != NULL ? altm_vault_read (root) : NULL;
  if (self == NULL)
    fail (error, ALTM_VAULT_ERROR_DAMAGED, "the file of the keys is not what this program writes");
  return self;
}

/**
 * altm_vault_get_key:
 *
 * Returns: (transfer none): the public key, KEYID.BASE64
 */
const char *
altm_vault_get_key (AltmVault *self)
{
  return self->key;
}

/**
 * altm_vault_list_holders:
 *
 * Returns: (transfer full): the holders' names, sorted
 */
char **
altm_vault_list_holders (AltmVault *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->holders->len; i++)
    g_strv_builder_add (builder, ((Holder *) g_ptr_array_index (self->holders, i))->name);
  return g_strv_builder_end (builder);
}

/**
 * altm_vault_get_kind:
 * @holder: a name; whoever is none has a PIN
 *
 * Returns: what the holder types to unlock
 */
AltmVaultKind
altm_vault_get_kind (AltmVault *self, const char *holder)
{
  const Holder *found = find_holder (self, holder);

  return found != NULL ? found->kind : ALTM_VAULT_PIN;
}

AltmVaultCost
altm_vault_get_cost (AltmVault *self, const char *holder)
{
  const Holder *found = find_holder (self, holder);

  return found != NULL ? found->cost : (AltmVaultCost) { 0, 0 };
}

static AltmVaultKind
kind_of (const char *secret)
{
  return secret[strspn (secret, "0123456789")] == '\0' ? ALTM_VAULT_PIN : ALTM_VAULT_PASSPHRASE;
}

/* Each digit is that many more than the one before it, 9 followed by 0. */
static gboolean
has_step (const char *pin, int step)
{
  for (gsize i = 1; pin[i] != '\0'; i++)
    if ((pin[i] - pin[i - 1] + 10) % 10 != (step + 10) % 10)
      return FALSE;
  return TRUE;
}

/* 121212, 123123, 12341234. */
static gboolean
is_repeated (const char *text)
{
  gsize length = strlen (text);

  for (gsize block = 1; block <= length / 2; block++)
    if (length % block == 0 && memcmp (text, text + block, length - block) == 0)
      return TRUE;
  return FALSE;
}

/* Three pairs, 112233, and there and back, 123321. */
static gboolean
is_paired (const char *pin)
{
  gsize length = strlen (pin);
  gboolean is_mirrored = TRUE, is_doubled = length % 2 == 0;

  for (gsize i = 0; i < length; i++)
    {
      is_mirrored = is_mirrored && pin[i] == pin[length - 1 - i];
      is_doubled = is_doubled && pin[i] == pin[i ^ 1];
    }
  return is_mirrored || is_doubled;
}

static int
read_digits (const char *text, int n)
{
  int number = 0;

  for (int i = 0; i < n; i++)
    number = 10 * number + (text[i] - '0');
  return number;
}

/* A birthday is the first thing that is tried: 241181, 24111981, 19811124. */
static gboolean
is_date (const char *pin)
{
  gsize length = strlen (pin);
  int year_first = length == 8 ? read_digits (pin, 4) : 0;
  int year_last = length == 8 ? read_digits (pin + 4, 4) : 2000;

  if ((length == 6 || length == 8) && year_last >= 1900 && year_last < 2100 &&
      g_date_valid_dmy ((GDateDay) read_digits (pin, 2), (GDateMonth) read_digits (pin + 2, 2), (GDateYear) year_last))
    return TRUE;
  return year_first >= 1900 && year_first < 2100 &&
         g_date_valid_dmy ((GDateDay) read_digits (pin + 6, 2), (GDateMonth) read_digits (pin + 4, 2),
                           (GDateYear) year_first);
}

static gboolean
check_pin (const char *pin, GError **error)
{
  if (strlen (pin) < ALTM_VAULT_PIN_DIGITS)
    return fail (error, ALTM_VAULT_ERROR_WEAK, _("A PIN has 6 digits or more."));
  if (has_step (pin, 0) || has_step (pin, 1) || has_step (pin, -1) || is_repeated (pin) || is_paired (pin))
    return fail (error, ALTM_VAULT_ERROR_WEAK,
                 _("These digits follow a pattern that others try first. Choose other ones."));
  return !is_date (pin) || fail (error, ALTM_VAULT_ERROR_WEAK,
                                 _("This looks like a date, and others try birthdays first. Choose other digits."));
}

/**
 * altm_vault_check_secret:
 * @secret: what somebody wants to unlock with
 *
 * Tells a PIN, of %ALTM_VAULT_PIN_DIGITS digits or more, from a passphrase, of
 * %ALTM_VAULT_PASSPHRASE_CHARACTERS characters or more, and refuses what is guessed first.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_VAULT_ERROR_WEAK, whose message is for people
 */
gboolean
altm_vault_check_secret (const char *secret, GError **error)
{
  if (strlen (secret) > SECRET_BYTES || !g_utf8_validate (secret, -1, NULL))
    return fail (error, ALTM_VAULT_ERROR_WEAK, _("This passphrase is too long."));
  if (kind_of (secret) == ALTM_VAULT_PIN)
    return check_pin (secret, error);
  if (g_utf8_strlen (secret, -1) < ALTM_VAULT_PASSPHRASE_CHARACTERS)
    return fail (error, ALTM_VAULT_ERROR_WEAK, _("A passphrase has 10 characters or more."));
  return !is_repeated (secret) ||
         fail (error, ALTM_VAULT_ERROR_WEAK, _("This passphrase repeats itself. Choose another one."));
}

/* Adds to what is authenticated, each part after its length, so that none can be taken for another. */
static void
bind_part (GByteArray *bound, gconstpointer bytes, gsize length)
{
  guint64 prefix = GUINT64_TO_LE ((guint64) length);

  g_byte_array_append (bound, (const guint8 *) &prefix, sizeof prefix);
  g_byte_array_append (bound, bytes, (guint) length);
}

/* All that is said of a holder; the nonce is bound by its use. */
static GByteArray *
bind_holder (AltmVault *self, const Holder *holder)
{
  static const char purpose[] = "altm-field keys 1";
  GByteArray *bound = g_byte_array_new ();
  guint64 opslimit = GUINT64_TO_LE (holder->cost.opslimit);
  guint64 memlimit = GUINT64_TO_LE ((guint64) holder->cost.memlimit);
  const char *kind = kind_names[holder->kind];

  bind_part (bound, purpose, strlen (purpose));
  bind_part (bound, self->key, strlen (self->key));
  bind_part (bound, holder->name, strlen (holder->name));
  bind_part (bound, kind, strlen (kind));
  bind_part (bound, &opslimit, sizeof opslimit);
  bind_part (bound, &memlimit, sizeof memlimit);
  bind_part (bound, holder->salt, SALT_BYTES);
  return bound;
}

/* The same letters come as other bytes from another keyboard (Unicode, UAX #15). */
static char *
normalise (const char *secret)
{
  return g_str_is_ascii (secret) ? g_strdup (secret) : g_utf8_normalize (secret, -1, G_NORMALIZE_NFC);
}

static void
free_secret (char *secret)
{
  sodium_memzero (secret, strlen (secret));
  g_free (secret);
}

/* Returns a key in memory of libsodium's, for sodium_free(). */
static guint8 *
derive (const Holder *holder, const char *secret, GError **error)
{
  char *text = normalise (secret);
  guint8 *key = text != NULL ? sodium_malloc (crypto_aead_xchacha20poly1305_ietf_KEYBYTES) : NULL;

  if (key != NULL &&
      crypto_pwhash (key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES, text, strlen (text), holder->salt,
                     holder->cost.opslimit, holder->cost.memlimit, crypto_pwhash_ALG_ARGON2ID13) != 0)
    g_clear_pointer (&key, sodium_free);
  if (text == NULL)
    fail (error, ALTM_VAULT_ERROR_SECRET, "no text");
  else if (key == NULL)
    fail (error, ALTM_VAULT_ERROR_MEMORY, "too little memory is free to unlock");
  if (text != NULL)
    free_secret (text);
  return key;
}

/**
 * altm_vault_open:
 * @holder: who unlocks
 * @secret: their PIN or passphrase, wiped by the caller
 *
 * Takes about 0.65 s of processor and up to 256 MiB of memory, which is what keeps others from guessing: not
 * for the thread of a window. A wrong secret is counted by altm_lock_begin_try(), not here.
 *
 * Returns: (transfer full): the tablet's pair, or %NULL with %ALTM_VAULT_ERROR_HOLDER, _SECRET or _MEMORY
 */
AltmSealPair *
altm_vault_open (AltmVault *self, const char *holder, const char *secret, GError **error)
{
  const Holder *found = find_holder (self, holder);
  g_autoptr(GByteArray) bound = NULL;
  g_autoptr(AltmSealPair) pair = NULL;
  guint8 *key, *clear;

  if (found == NULL)
    {
      fail_holder (error, holder);
      return NULL;
    }
  key = derive (found, secret, error);
  if (key == NULL)
    return NULL;
  bound = bind_holder (self, found);
  clear = sodium_malloc (ALTM_SEAL_KEY_BYTES);
  if (clear != NULL &&
      crypto_aead_xchacha20poly1305_ietf_decrypt (clear, NULL, NULL, found->wrapped, WRAPPED_BYTES, bound->data,
                                                  bound->len, found->nonce, key) == 0)
    pair = altm_seal_pair_new_from_secret (clear);
  sodium_free (key);
  sodium_free (clear);
  if (pair != NULL && strcmp (altm_seal_pair_get_key (pair), self->key) == 0)
    return g_steal_pointer (&pair);
  fail (error, ALTM_VAULT_ERROR_SECRET, "not the PIN or passphrase of this holder");
  return NULL;
}

static double
measure (AltmVaultCost cost)
{
  guint8 key[32], salt[SALT_BYTES] = { 0 };
  struct timespec before, after;

  /* Processor time: a machine that is busy at the moment is none that is slow. */
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &before);
  if (crypto_pwhash (key, sizeof key, "calibration", 11, salt, cost.opslimit, cost.memlimit,
                     crypto_pwhash_ALG_ARGON2ID13) != 0)
    return G_MAXDOUBLE;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &after);
  return (double) (after.tv_sec - before.tv_sec) + (double) (after.tv_nsec - before.tv_nsec) / 1e9;
}

/*
 * As much memory as a tablet can spare, then as many passes as the time allows; never less than the second
 * choice of RFC 9106, section 4 (64 MiB, three passes), whatever that takes.
 */
AltmVaultCost
altm_vault_calibrate (void)
{
  AltmVaultCost cost = { 3, MOST_MEMORY };
  guint64 present = (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);
  double seconds, a_pass;

  while (cost.memlimit > LEAST_MEMORY && cost.memlimit > present / 4)
    cost.memlimit /= 2;
  while ((seconds = measure (cost)) > SECONDS && cost.memlimit > LEAST_MEMORY)
    cost.memlimit /= 2;
  /* The first pass makes the memory too, and takes as long as two. */
  a_pass = seconds / 4;
  if (seconds < SECONDS)
    cost.opslimit += (guint64) ((SECONDS - seconds) / MAX (a_pass, 1e-3));
  cost.opslimit = MIN (cost.opslimit, MOST_PASSES);
  return cost;
}

static void
wrap (AltmVault *self, Holder *holder, const guint8 *key, AltmSealPair *pair)
{
  g_autoptr(GByteArray) bound = bind_holder (self, holder);

  randombytes_buf (holder->nonce, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (holder->wrapped, NULL, altm_seal_pair_get_secret (pair),
                                              ALTM_SEAL_KEY_BYTES, bound->data, bound->len, NULL, holder->nonce, key);
}

/* A copy of @self but for @left, who may be none. */
static AltmVault *
copy_without (AltmVault *self, const char *left)
{
  AltmVault *copy = vault_new (self->key);

  for (guint i = 0; i < self->holders->len; i++)
    {
      const Holder *holder = g_ptr_array_index (self->holders, i);

      if (strcmp (holder->name, left) != 0)
        g_ptr_array_add (copy->holders, copy_holder (holder));
    }
  return copy;
}

AltmVault *
altm_vault_set_holder_at_cost (AltmVault *self, AltmSealPair *pair, const char *holder, const char *secret,
                               AltmVaultCost cost, GError **error)
{
  g_autoptr(AltmVault) changed = NULL;
  Holder *added;
  guint8 *key;

  if (!is_name (holder) || strcmp (altm_seal_pair_get_key (pair), self->key) != 0)
    {
      fail_holder (error, is_name (holder) ? holder : "");
      return NULL;
    }
  if (!altm_vault_check_secret (secret, error))
    return NULL;
  changed = copy_without (self, holder);
  if (changed->holders->len >= ALTM_VAULT_HOLDERS)
    {
      fail (error, ALTM_VAULT_ERROR_HOLDER, "too many share this tablet");
      return NULL;
    }
  added = g_new0 (Holder, 1);
  added->name = g_strdup (holder);
  added->kind = kind_of (secret);
  added->cost = cost;
  randombytes_buf (added->salt, SALT_BYTES);
  take_holder (changed, added);
  key = derive (added, secret, error);
  if (key == NULL)
    return NULL;
  wrap (changed, added, key, pair);
  sodium_free (key);
  return g_steal_pointer (&changed);
}

/**
 * altm_vault_set_holder:
 * @pair: the tablet's, which somebody unlocked
 * @holder: a mediator's code or name, 1 to 64 bytes; added, or given another secret
 * @secret: as for altm_vault_check_secret()
 *
 * Takes as long as altm_vault_open(), and as long again to measure the machine. Nothing is on the disk before
 * altm_lock_set().
 *
 * Returns: (transfer full): the changed vault, or %NULL with %ALTM_VAULT_ERROR_WEAK, _HOLDER (no name, too
 *   many, or another tablet's pair) or _MEMORY
 */
AltmVault *
altm_vault_set_holder (AltmVault *self, AltmSealPair *pair, const char *holder, const char *secret, GError **error)
{
  return altm_vault_check_secret (secret, error)
           ? altm_vault_set_holder_at_cost (self, pair, holder, secret, altm_vault_calibrate (), error)
           : NULL;
}

AltmVault *
altm_vault_create_at_cost (const char *holder, const char *secret, AltmVaultCost cost, AltmSealPair **pair,
                           GError **error)
{
  g_autoptr(AltmSealPair) fresh = altm_seal_pair_new ();
  g_autoptr(AltmVault) empty = vault_new (altm_seal_pair_get_key (fresh));
  AltmVault *self = altm_vault_set_holder_at_cost (empty, fresh, holder, secret, cost, error);

  if (self != NULL && pair != NULL)
    *pair = g_steal_pointer (&fresh);
  return self;
}

/**
 * altm_vault_create:
 * @holder: the first to hold the keys
 * @secret: as for altm_vault_check_secret()
 * @pair: (out) (optional) (transfer full): the fresh pair, unlocked
 *
 * Makes a fresh pair of the tablet's. The rest is as in altm_vault_set_holder().
 *
 * Returns: (transfer full): the vault, or %NULL with %ALTM_VAULT_ERROR_WEAK, _HOLDER or _MEMORY
 */
AltmVault *
altm_vault_create (const char *holder, const char *secret, AltmSealPair **pair, GError **error)
{
  return altm_vault_check_secret (secret, error)
           ? altm_vault_create_at_cost (holder, secret, altm_vault_calibrate (), pair, error)
           : NULL;
}

/**
 * altm_vault_remove_holder:
 * @holder: who is to hold the keys no longer; the last one cannot be removed, see altm_lock_destroy()
 *
 * Returns: (transfer full): the changed vault, or %NULL with %ALTM_VAULT_ERROR_HOLDER
 */
AltmVault *
altm_vault_remove_holder (AltmVault *self, const char *holder, GError **error)
{
  if (find_holder (self, holder) != NULL && self->holders->len > 1)
    return copy_without (self, holder);
  fail_holder (error, holder);
  return NULL;
}

static void
write_bytes (json_t *object, const char *name, const guint8 *bytes, gsize size)
{
  gsize length = sodium_base64_ENCODED_LEN (size, sodium_base64_VARIANT_ORIGINAL);
  g_autofree char *text = g_malloc (length);

  sodium_bin2base64 (text, length, bytes, size, sodium_base64_VARIANT_ORIGINAL);
  json_object_set_new (object, name, json_string (text));
}

/**
 * altm_vault_write:
 *
 * Returns: (transfer full): the vault as the text of a JSON object, for a file that holds more
 */
char *
altm_vault_write (AltmVault *self)
{
  g_autoptr(json_t) root = json_pack ("{s:i, s:s, s:[]}", "version", FILE_VERSION, "key", self->key, "holders");
  json_t *holders = json_object_get (root, "holders");

  for (guint i = 0; i < self->holders->len; i++)
    {
      const Holder *holder = g_ptr_array_index (self->holders, i);
      json_t *object =
        json_pack ("{s:s, s:s, s:I, s:I}", "name", holder->name, "kind", kind_names[holder->kind], "opslimit",
                   (json_int_t) holder->cost.opslimit, "memlimit", (json_int_t) holder->cost.memlimit);

      write_bytes (object, "salt", holder->salt, SALT_BYTES);
      write_bytes (object, "nonce", holder->nonce, NONCE_BYTES);
      write_bytes (object, "wrapped", holder->wrapped, WRAPPED_BYTES);
      json_array_append_new (holders, object);
    }
  return altm_json_write (root);
}

/* Whether both are the same to the last byte. */
gboolean
altm_vault_equal (AltmVault *self, AltmVault *other)
{
  g_autofree char *one = altm_vault_write (self);
  g_autofree char *two = altm_vault_write (other);

  return strcmp (one, two) == 0;
}

/* Puts @self in the place of what `keys.json` holds, which is overwritten: a secret that was changed opens
 * nothing any more. Returns %FALSE with %ALTM_STORE_ERROR_FULL or _FAILED, and the old file whole. */
gboolean
altm_vault_save (AltmVault *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, FILE_NAME, NULL);
  g_autofree char *text = altm_vault_write (self);

  return altm_files_replace (path, text, strlen (text), error);
}

/**
 * altm_vault_destroy:
 * @directory: a store's folder, whose lock is held
 *
 * Overwrites `keys.json`, waits until that is on the disk, and removes it, with what an interrupted save
 * left. What a flash memory keeps of overwritten blocks is out of reach; it is wrapped.
 *
 * Returns: %TRUE where nothing is left, or %FALSE with %ALTM_STORE_ERROR_FAILED
 */
gboolean
altm_vault_destroy (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, FILE_NAME, NULL);
  g_autofree char *fresh = g_strconcat (path, ALTM_FILES_NEW, NULL);

  return altm_files_shred (fresh, error) && altm_files_shred (path, error);
}
