/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-copies.h"

#include <sodium.h>
#include <string.h>

#include "altm-copies-private.h"
#include "altm-line.h"
#include "altm-store-private.h"

/* As HQ's are: the length of a copy tells no more than its multiple of so many bytes. */
#define PADDING 64

#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define ENVELOPE_BYTES (KEY_BYTES + ALTM_SEAL_BYTES)
#define HEAD_BYTES (ENVELOPE_BYTES + 1 + NONCE_BYTES)

/* So many notes share an envelope, which is the slow part: 80 of the 85 µs of a copy. */
#define LINKS 32

/*
 * A chain of keys, in memory of libsodium's: its first link lies in the envelope, and each link gives the key
 * of one note and the link after it, and is wiped. So who reads this memory learns nothing of the notes that
 * are sealed.
 */
struct _AltmCopier
{
  guint8 public[ALTM_SEAL_KEY_BYTES];
  guint8 envelope[ENVELOPE_BYTES];
  guint8 link[KEY_BYTES];
  guint8 n_used;
};

static void
begin_chain (AltmCopier *self)
{
  randombytes_buf (self->link, KEY_BYTES);
  crypto_box_seal (self->envelope, self->link, KEY_BYTES, self->public);
  self->n_used = 0;
}

/* BLAKE2b keyed with @link (RFC 7693): half of it is the next link, in its place, and half the key of a note. */
static void
follow_chain (guint8 *link, guint8 *key)
{
  static const guint8 purpose[] = "altm-field copy 1";
  guint8 both[2 * KEY_BYTES];

  crypto_generichash (both, sizeof both, purpose, sizeof purpose, link, KEY_BYTES);
  memcpy (link, both, KEY_BYTES);
  memcpy (key, both + KEY_BYTES, KEY_BYTES);
  sodium_memzero (both, sizeof both);
}

/**
 * altm_copier_new:
 * @key: the tablet's public key, KEYID.BASE64
 *
 * Returns: (transfer full): what seals to it, or %NULL with %ALTM_SEAL_ERROR_KEY
 */
AltmCopier *
altm_copier_new (const char *key, GError **error)
{
  guint8 public[ALTM_SEAL_KEY_BYTES];
  AltmCopier *self;

  if (!altm_seal_read_key (key, public, error))
    return NULL;
  self = sodium_malloc (sizeof *self);
  if (self == NULL)
    g_error ("no memory is left for a key");
  memset (self, 0, sizeof *self);
  memcpy (self->public, public, sizeof public);
  begin_chain (self);
  return self;
}

/**
 * altm_copier_free:
 * @self: (nullable): wiped and freed
 */
void
altm_copier_free (AltmCopier *self)
{
  sodium_free (self);
}

static guint8 *
pad (json_t *private, gsize *length)
{
  char *text = altm_json_write (private);
  gsize n = strlen (text);
  guint8 *padded = g_malloc (n + PADDING);

  memcpy (padded, text, n);
  sodium_pad (length, padded, n, PADDING, n + PADDING);
  sodium_memzero (text, n);
  g_free (text);
  return padded;
}

/**
 * altm_copier_seal:
 * @what: what the copy belongs to, so that it fits nothing else
 * @private: an object of private fields
 *
 * Seals with a key that is used for this alone, and wiped: an envelope, which the tablet's secret half opens,
 * how many keys after the one in it, a nonce, and XChaCha20-Poly1305 over the padded text.
 *
 * Returns: (transfer full): the copy
 */
GBytes *
altm_copier_seal (AltmCopier *self, const char *what, json_t *private)
{
  gsize length = 0;
  guint8 *padded = pad (private, &length);
  guint8 *copy = g_malloc (HEAD_BYTES + length + TAG_BYTES);
  guint8 *nonce = copy + ENVELOPE_BYTES + 1;
  guint8 key[KEY_BYTES];

  if (self->n_used == LINKS)
    begin_chain (self);
  follow_chain (self->link, key);
  memcpy (copy, self->envelope, ENVELOPE_BYTES);
  copy[ENVELOPE_BYTES] = self->n_used++;
  randombytes_buf (nonce, NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (copy + HEAD_BYTES, NULL, padded, length, (const guint8 *) what,
                                              strlen (what), NULL, nonce, key);
  sodium_memzero (key, sizeof key);
  sodium_memzero (padded, length);
  g_free (padded);
  return g_bytes_new_take (copy, HEAD_BYTES + length + TAG_BYTES);
}

/* The key of a copy, which was checked to be as long as one; %FALSE where it is another pair's. */
static gboolean
open_envelope (AltmSealPair *pair, const guint8 *copy, guint8 *key)
{
  guint8 link[KEY_BYTES];
  gboolean is_open = copy[ENVELOPE_BYTES] < LINKS && altm_seal_pair_open_bytes (pair, copy, ENVELOPE_BYTES, link);

  for (int i = 0; is_open && i <= copy[ENVELOPE_BYTES]; i++)
    follow_chain (link, key);
  sodium_memzero (link, sizeof link);
  return is_open;
}

/* Returns memory of libsodium's with the padded text, or %NULL. */
static guint8 *
open_padded (AltmSealPair *pair, const char *what, const guint8 *copy, gsize sealed_length)
{
  guint8 key[KEY_BYTES];
  guint8 *padded = sodium_malloc (sealed_length);
  gboolean is_open =
    padded != NULL && open_envelope (pair, copy, key) &&
    crypto_aead_xchacha20poly1305_ietf_decrypt (padded, NULL, NULL, copy + HEAD_BYTES, sealed_length, (const guint8 *) what,
                                                strlen (what), copy + ENVELOPE_BYTES + 1, key) == 0;

  sodium_memzero (key, sizeof key);
  if (!is_open)
    g_clear_pointer (&padded, sodium_free);
  return padded;
}

/**
 * altm_copier_open:
 * @pair: the tablet's, unlocked
 * @what: what the copy belongs to
 * @copy: (array length=length): as altm_copier_seal() made it
 *
 * Returns: (transfer full) (nullable): the private fields; %NULL where the copy is another's, or under other
 *   keys, or altered
 */
json_t *
altm_copier_open (AltmSealPair *pair, const char *what, const guint8 *copy, gsize length)
{
  gsize sealed_length = length - HEAD_BYTES, clear_length = 0;
  json_t *private = NULL;
  guint8 *padded;

  if (length < HEAD_BYTES + PADDING + TAG_BYTES)
    return NULL;
  padded = open_padded (pair, what, copy, sealed_length);
  if (padded == NULL)
    return NULL;
  if (sodium_unpad (&clear_length, padded, sealed_length - TAG_BYTES, PADDING) == 0)
    private = altm_json_parse ((const char *) padded, clear_length, NULL);
  sodium_free (padded);
  return private;
}

static char *
name_line (const char *id, gint64 rev)
{
  return g_strdup_printf ("line/%s/%" G_GINT64_FORMAT, id, rev);
}

/* The readable copy of a line that is being queued, %NULL where no lock is set. */
GBytes *
altm_copies_make (AltmStore *store, const char *id, gint64 rev, json_t *private)
{
  AltmCopier *copier = altm_store_get_copier (store);
  g_autofree char *what = NULL;

  if (copier == NULL || !json_is_object (private) || json_object_size (private) == 0)
    return NULL;
  what = name_line (id, rev);
  return altm_copier_seal (copier, what, private);
}

/* What a later revision replaces, removes or withdraws is not to be read again; within a transaction of the
 * caller's, after which nothing of it is left in the store's files. */
gboolean
altm_copies_forget (AltmStore *store, const char *id, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);

  if (!altm_sql_run (sql, error, "UPDATE lines SET copy = NULL WHERE id = ? AND copy IS NOT NULL", "s", id))
    return FALSE;
  if (sqlite3_changes (altm_sql_get_handle (sql)) > 0)
    altm_store_fold_after (store);
  return TRUE;
}

static json_t *
open_row (AltmRows *row, const char *id, AltmSealPair *pair, AltmCopyState *state)
{
  g_autofree char *what = name_line (id, sqlite3_column_int64 (row, 0));
  json_t *private = NULL;

  *state = sqlite3_column_bytes (row, 2) > 0 ? ALTM_COPY_READABLE : ALTM_COPY_UNREADABLE;
  if (*state == ALTM_COPY_UNREADABLE || pair == NULL)
    return NULL;
  private = altm_copier_open (pair, what, sqlite3_column_blob (row, 2), (gsize) sqlite3_column_bytes (row, 2));
  if (private == NULL)
    *state = ALTM_COPY_UNREADABLE;
  return private;
}

/**
 * altm_copies_load:
 * @id: a record
 * @pair: (nullable): the tablet's, unlocked; without it @state alone is told
 * @state: (out): whether the record has private text, and whether it can be read here
 *
 * Finds the private text that is the record's now: that of its highest revision with a `private`, since one
 * without leaves it as it was, and a null removes it (PROTOCOL, A line). A record that was withdrawn has
 * none.
 *
 * Returns: (transfer full) (nullable): the private fields; %NULL without them, or with an %ALTM_STORE_ERROR
 *   (_MISSING where there is no such record)
 */
json_t *
altm_copies_load (AltmStore *store, const char *id, AltmSealPair *pair, AltmCopyState *state, GError **error)
{
  AltmSql *sql = altm_store_get_sql (store);
  g_autoptr(GError) problem = NULL;
  g_autoptr(AltmRows) rows =
    altm_sql_query (sql, &problem, "SELECT rev, bytes, copy FROM lines WHERE id = ? ORDER BY rev DESC", "s", id);
  gboolean is_there = FALSE;

  *state = ALTM_COPY_NONE;
  while (problem == NULL && altm_sql_step (sql, rows, &problem))
    {
      g_auto(AltmLine) line = { NULL };

      if (altm_line_read (&line, sqlite3_column_blob (rows, 1), (gsize) sqlite3_column_bytes (rows, 1), NULL) &&
          (line.has_private || (!is_there && line.is_deleted)))
        return line.private_text != NULL ? open_row (rows, id, pair, state) : NULL;
      is_there = TRUE;
    }
  if (problem == NULL && !is_there)
    g_set_error_literal (&problem, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING, "there is no such record");
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
