/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-seal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_ID_DIGITS 16
#define PADDING 64

G_DEFINE_QUARK (altm-seal-error-quark, altm_seal_error)

struct _AltmSealPair
{
  guint8 public[crypto_box_PUBLICKEYBYTES];
  guint8 secret[crypto_box_SECRETKEYBYTES];
  char *key;
  int n_references;
};

G_STATIC_ASSERT (ALTM_SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES && ALTM_SEAL_KEY_BYTES == crypto_box_SECRETKEYBYTES);
G_STATIC_ASSERT (ALTM_SEAL_BYTES == crypto_box_SEALBYTES);

static char *
encode (const guint8 *bytes, gsize length)
{
  gsize size = sodium_base64_ENCODED_LEN (length, sodium_base64_VARIANT_ORIGINAL);
  char *text = g_malloc (size);

  return sodium_bin2base64 (text, size, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

static char *
name_key (const guint8 *public)
{
  g_autofree char *hash =
    g_compute_checksum_for_data (G_CHECKSUM_SHA256, public, crypto_box_PUBLICKEYBYTES);

  return g_strndup (hash, KEY_ID_DIGITS);
}

/**
 * altm_seal_read_key:
 * @key: (nullable): anything
 * @public: (out caller-allocates) (array fixed-size=32): the key that KEYID.BASE64 names
 *
 * Returns: %TRUE, or %FALSE with %ALTM_SEAL_ERROR_KEY
 */
gboolean
altm_seal_read_key (const char *key, guint8 *public, GError **error)
{
  g_autofree char *name = NULL;
  gsize length = 0;

  if (key != NULL && strlen (key) > KEY_ID_DIGITS + 1 && key[KEY_ID_DIGITS] == '.' &&
      sodium_base642bin (public, crypto_box_PUBLICKEYBYTES, key + KEY_ID_DIGITS + 1,
                         strlen (key + KEY_ID_DIGITS + 1), NULL, &length, NULL,
                         sodium_base64_VARIANT_ORIGINAL) == 0 &&
      length == crypto_box_PUBLICKEYBYTES)
    name = name_key (public);
  if (name != NULL && strncmp (name, key, KEY_ID_DIGITS) == 0)
    return TRUE;
  g_set_error_literal (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_KEY, "not a sealing key");
  return FALSE;
}

/**
 * altm_seal_is_key:
 * @key: (nullable): anything
 *
 * Returns: whether @key is a public key as `hello` gives it: KEYID.BASE64
 */
gboolean
altm_seal_is_key (const char *key)
{
  guint8 public[crypto_box_PUBLICKEYBYTES];

  return altm_seal_read_key (key, public, NULL);
}

/**
 * altm_seal_is_sealed:
 * @text: a line's `private`
 *
 * Returns: whether it has the shape of sealed text, KEYID.BASE64; only its key tells more
 */
gboolean
altm_seal_is_sealed (const char *text)
{
  gsize length = strspn (text, "0123456789abcdef");
  const char *base64 = text + KEY_ID_DIGITS + 1;

  if (length != KEY_ID_DIGITS || text[KEY_ID_DIGITS] != '.' || strlen (base64) < 4 * (crypto_box_SEALBYTES + PADDING) / 3)
    return FALSE;
  while (g_ascii_isalnum (*base64) || *base64 == '+' || *base64 == '/')
    base64++;
  return strspn (base64, "=") == strlen (base64) && strlen (base64) <= 2;
}

/**
 * altm_seal:
 * @key: HQ's public key, KEYID.BASE64
 * @id: the record that @private belongs to; sealed with it, so that it fits no other
 * @rev: the revision
 * @private: an object
 *
 * Seals as PROTOCOL says: libsodium's crypto_box_seal() over the padded text, whose length so
 * tells no more than its multiple of 64 bytes. The clear text is wiped before it is freed.
 *
 * Returns: (transfer full): KEYID.BASE64, or %NULL with %ALTM_SEAL_ERROR_KEY
 */
char *
altm_seal (const char *key, const char *id, gint64 rev, json_t *private, GError **error)
{
  guint8 public[crypto_box_PUBLICKEYBYTES];
  g_autoptr(json_t) root = NULL;
  g_autofree char *text = NULL;
  g_autofree guint8 *padded = NULL, *sealed = NULL;
  g_autofree char *encoded = NULL;
  gsize length, padded_length;

  if (!altm_seal_read_key (key, public, error))
    return NULL;

  root = json_pack ("{s:s, s:I, s:O}", "id", id, "rev", (json_int_t) rev, "private", private);
  text = altm_json_write (root);
  length = strlen (text);
  padded = g_malloc (length + PADDING);
  memcpy (padded, text, length);
  sodium_pad (&padded_length, padded, length, PADDING, length + PADDING);
  sealed = g_malloc (padded_length + crypto_box_SEALBYTES);
  crypto_box_seal (sealed, padded, padded_length, public);
  sodium_memzero (text, length);
  sodium_memzero (padded, padded_length);

  encoded = encode (sealed, padded_length + crypto_box_SEALBYTES);
  return g_strdup_printf ("%.*s.%s", KEY_ID_DIGITS, key, encoded);
}

/**
 * altm_seal_pair_ref:
 *
 * Returns: (transfer full): @self, for altm_seal_pair_free(); any thread may take and give back
 */
AltmSealPair *
altm_seal_pair_ref (AltmSealPair *self)
{
  g_atomic_int_inc (&self->n_references);
  return self;
}

/**
 * altm_seal_pair_free:
 * @self: (nullable): given back; with the last reference wiped, then freed
 */
void
altm_seal_pair_free (AltmSealPair *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->n_references))
    return;
  sodium_memzero (self->secret, sizeof self->secret);
  g_free (self->key);
  sodium_free (self);
}

/* A key that is half on disk after a power cut must not exist: written aside, synced, renamed. */
static gboolean
make_key_file (const char *path, GError **error)
{
  guint8 public[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
  g_autofree char *text = NULL;
  gboolean is_written;

  crypto_box_keypair (public, secret);
  text = encode (secret, sizeof secret);
  is_written = g_file_set_contents_full (path, text, -1,
                                         G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                         0600, error);
  sodium_memzero (secret, sizeof secret);
  sodium_memzero (text, strlen (text));
  return is_written;
}

static gboolean
fail_file (GError **error, const char *path, const char *why)
{
  g_set_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_FILE, "%s: %s", path, why);
  return FALSE;
}

static gboolean
read_key_file (AltmSealPair *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  GStatBuf status;
  gsize length = 0, text_length = 0;
  int is_wrong;

  if (g_stat (path, &status) != 0)
    return fail_file (error, path, g_strerror (errno));
  if ((status.st_mode & 0077) != 0)
    return fail_file (error, path, "others may read this key; make it 0600, or make a new one");
  if (!g_file_get_contents (path, &text, &text_length, error))
    return FALSE;
  is_wrong = sodium_base642bin (self->secret, sizeof self->secret, text, text_length, "\n", &length,
                                NULL, sodium_base64_VARIANT_ORIGINAL);
  sodium_memzero (text, text_length);
  if (is_wrong || length != sizeof self->secret)
    return fail_file (error, path, "not a sealing key");
  return TRUE;
}

static AltmSealPair *
pair_new_empty (void)
{
  AltmSealPair *self = sodium_malloc (sizeof *self);

  if (self == NULL)
    g_error ("no memory is left for a key");
  memset (self, 0, sizeof *self);
  self->n_references = 1;
  return self;
}

/* The public half and its name follow from the secret one. */
static void
pair_complete (AltmSealPair *self)
{
  g_autofree char *name = NULL, *public = NULL;

  crypto_scalarmult_base (self->public, self->secret);
  name = name_key (self->public);
  public = encode (self->public, sizeof self->public);
  self->key = g_strdup_printf ("%s.%s", name, public);
}

/**
 * altm_seal_pair_new:
 *
 * Returns: (transfer full): a fresh pair
 */
AltmSealPair *
altm_seal_pair_new (void)
{
  AltmSealPair *self = pair_new_empty ();

  randombytes_buf (self->secret, sizeof self->secret);
  pair_complete (self);
  return self;
}

/**
 * altm_seal_pair_new_from_secret:
 * @secret: (array fixed-size=32): its secret half, which the caller wipes
 *
 * Returns: (transfer full): the pair
 */
AltmSealPair *
altm_seal_pair_new_from_secret (const guint8 *secret)
{
  AltmSealPair *self = pair_new_empty ();

  memcpy (self->secret, secret, sizeof self->secret);
  pair_complete (self);
  return self;
}

/**
 * altm_seal_pair_load:
 * @path: HQ's key file, made (0600) where there is none
 *
 * Returns: (transfer full): the pair, in locked memory, or %NULL with %ALTM_SEAL_ERROR_FILE or a
 *   %G_FILE_ERROR
 */
AltmSealPair *
altm_seal_pair_load (const char *path, GError **error)
{
  g_autoptr(AltmSealPair) self = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !make_key_file (path, error))
    return NULL;
  self = pair_new_empty ();
  if (!read_key_file (self, path, error))
    return NULL;
  pair_complete (self);
  return g_steal_pointer (&self);
}

/**
 * altm_seal_pair_get_key:
 *
 * Returns: (transfer none): the public key, KEYID.BASE64
 */
const char *
altm_seal_pair_get_key (AltmSealPair *self)
{
  return self->key;
}

/**
 * altm_seal_pair_get_secret:
 *
 * Returns: (transfer none) (array fixed-size=32): its secret half, to be wrapped and nothing else
 */
const guint8 *
altm_seal_pair_get_secret (AltmSealPair *self)
{
  return self->secret;
}

/**
 * altm_seal_pair_open_bytes:
 * @sealed: (array length=length): what crypto_box_seal() made
 * @clear: (out caller-allocates): @length - %ALTM_SEAL_BYTES bytes, which the caller wipes
 *
 * Returns: whether @sealed was sealed to this pair, and is as it was made
 */
gboolean
altm_seal_pair_open_bytes (AltmSealPair *self, const guint8 *sealed, gsize length, guint8 *clear)
{
  return length >= ALTM_SEAL_BYTES && crypto_box_seal_open (clear, sealed, length, self->public, self->secret) == 0;
}

/**
 * altm_seal_pair_open:
 * @sealed: a line's `private`
 *
 * Returns: (transfer full): {"id", "rev", "private"}, or %NULL with %ALTM_SEAL_ERROR_KEY (another
 *   key's) or %ALTM_SEAL_ERROR_TEXT (altered)
 */
json_t *
altm_seal_pair_open (AltmSealPair *self, const char *sealed, GError **error)
{
  g_autofree guint8 *bytes = NULL, *padded = NULL;
  gsize most = strlen (sealed), length = 0, clear_length = 0;
  json_t *root = NULL;

  if (strncmp (sealed, self->key, KEY_ID_DIGITS + 1) != 0)
    {
      g_set_error_literal (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_KEY, "sealed to another key");
      return NULL;
    }

  bytes = g_malloc (most);
  padded = g_malloc0 (most);
  if (sodium_base642bin (bytes, most, sealed + KEY_ID_DIGITS + 1, most - KEY_ID_DIGITS - 1, NULL,
                         &length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
      length > crypto_box_SEALBYTES &&
      crypto_box_seal_open (padded, bytes, length, self->public, self->secret) == 0 &&
      sodium_unpad (&clear_length, padded, length - crypto_box_SEALBYTES, PADDING) == 0)
    root = altm_json_parse ((const char *) padded, clear_length, NULL);
  sodium_memzero (padded, most);
  if (root == NULL)
    g_set_error_literal (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_TEXT, "not sealed to this key, or altered");
  return root;
}
