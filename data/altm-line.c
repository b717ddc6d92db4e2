/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-line.h"

#include <sodium.h>
#include <string.h>

#include "altm-seal.h"
#include "altm-time.h"
#include "altm-uuid.h"

/**
 * altm_line_clear:
 *
 * Lets go of what altm_line_read() read.
 */
void
altm_line_clear (AltmLine *self)
{
  g_clear_pointer (&self->root, json_decref);
  memset (self, 0, sizeof *self);
}

static gboolean
refuse (GError **error, AltmRecordError code, const char *name, const char *why)
{
  g_set_error (error, ALTM_RECORD_ERROR, code, "%s: %s", name, why);
  return FALSE;
}

static gboolean
read_text (json_t *root, const char *name, gboolean is_required, const char **text, GError **error)
{
  json_t *value = json_object_get (root, name);

  if (value == NULL)
    return !is_required || refuse (error, ALTM_RECORD_ERROR_MISSING_FIELD, name, "missing");
  if (!json_is_string (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, name, "not a text");
  if (json_string_length (value) > 200)
    return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, name, "longer than 200 bytes");
  *text = json_string_value (value);
  return TRUE;
}

static gboolean
read_number (json_t *root, const char *name, gint64 fallback, gint64 *number, GError **error)
{
  json_t *value = json_object_get (root, name);

  *number = MAX (fallback, 0);
  if (value == NULL)
    return fallback >= 0 || refuse (error, ALTM_RECORD_ERROR_MISSING_FIELD, name, "missing");
  if (!json_is_integer (value))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, name, "not a whole number");
  if (json_integer_value (value) < 1)
    return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, name, "less than 1");
  *number = json_integer_value (value);
  return TRUE;
}

static gboolean
read_content (AltmLine *self, GError **error)
{
  json_t *deleted = json_object_get (self->root, "deleted");
  json_t *private = json_object_get (self->root, "private");

  if (deleted != NULL && !json_is_boolean (deleted))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, "deleted", "neither true nor false");
  self->is_deleted = json_is_true (deleted);

  self->data = json_object_get (self->root, "data");
  if (self->data == NULL && !self->is_deleted)
    return refuse (error, ALTM_RECORD_ERROR_MISSING_FIELD, "data", "missing");
  if (self->data != NULL && !json_is_object (self->data))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, "data", "not an object");

  if (private != NULL && !json_is_null (private) && !json_is_string (private))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, "private", "neither sealed text nor null");
  self->has_private = private != NULL;
  self->private_text = json_string_value (private);
  return TRUE;
}

/* What names a line is wanted also where something else in it is wrong. */
static void
read_names (AltmLine *self)
{
  self->seq = MAX (altm_json_get_integer (self->root, "seq", 0), 0);
  self->id = altm_json_get_string (self->root, "id");
  self->rev = MAX (altm_json_get_integer (self->root, "rev", 0), 0);
}

static gboolean
read_envelope (AltmLine *self, GError **error)
{
  read_names (self);
  if (!read_number (self->root, "v", 1, &self->version, error) ||
      !read_number (self->root, "seq", -1, &self->seq, error) ||
      !read_text (self->root, "id", TRUE, &self->id, error) ||
      !read_number (self->root, "rev", -1, &self->rev, error) ||
      !read_text (self->root, "type", TRUE, &self->type, error) ||
      !read_text (self->root, "at", TRUE, &self->at, error) ||
      !read_text (self->root, "by", FALSE, &self->by, error) ||
      !read_text (self->root, "shift", FALSE, &self->shift, error) ||
      !read_text (self->root, "place", FALSE, &self->place, error) ||
      !read_number (self->root, "lists", 0, &self->lists, error))
    return FALSE;
  if (!altm_uuid_is_v7 (self->id))
    return refuse (error, ALTM_RECORD_ERROR_OUT_OF_RANGE, "id", "not a UUIDv7 in lower-case text");
  return altm_time_parse (self->at, &self->time) ||
         refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, "at", "not an instant of RFC 3339");
}

/**
 * altm_line_read:
 * @self: (out): the line; where reading failed half-way, what could be read of it
 * @bytes: a line without its newline
 * @length: its length in bytes
 *
 * Reads a line's own fields; altm_line_check() then judges what they hold.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_RECORD_ERROR_NOT_JSON, _TOO_DEEP, _MISSING_FIELD,
 *   _WRONG_TYPE or _OUT_OF_RANGE
 */
gboolean
altm_line_read (AltmLine *self, const char *bytes, gsize length, GError **error)
{
  g_autoptr(GError) problem = NULL;

  memset (self, 0, sizeof *self);
  self->root = altm_json_parse (bytes, length, &problem);
  if (self->root == NULL)
    {
      gboolean is_deep = g_error_matches (problem, ALTM_JSON_ERROR, ALTM_JSON_ERROR_DEPTH);

      g_set_error_literal (error, ALTM_RECORD_ERROR,
                           is_deep ? ALTM_RECORD_ERROR_TOO_DEEP : ALTM_RECORD_ERROR_NOT_JSON,
                           problem->message);
      return FALSE;
    }
  return read_envelope (self, error) && read_content (self, error);
}

/**
 * altm_line_check:
 * @lists: the version of the lists that the line names
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_RECORD_ERROR; a type that this program does not know is
 *   %ALTM_RECORD_ERROR_UNKNOWN_TYPE
 */
gboolean
altm_line_check (const AltmLine *self, AltmLists *lists, GError **error)
{
  const AltmRecordType *type = altm_record_type_find (self->type);

  if (type == NULL)
    return refuse (error, ALTM_RECORD_ERROR_UNKNOWN_TYPE, "type", "not known");
  if (self->place != NULL && !altm_record_check_place (self->place, lists, error))
    return FALSE;
  if (self->private_text != NULL && !altm_seal_is_sealed (self->private_text))
    return refuse (error, ALTM_RECORD_ERROR_WRONG_TYPE, "private", "not sealed");
  if (self->is_deleted)
    return TRUE;
  if (type->needs_place && self->place == NULL)
    return refuse (error, ALTM_RECORD_ERROR_MISSING_FIELD, "place", "missing");
  return altm_record_check_data (type, self->data, self->private_text != NULL, lists, error);
}

/* Of two unlike texts' SHA-256 values about 128 of the 256 bits differ, and fewer than this many
 * once in 10^9: then it is the value that was damaged, not the text. */
#define UNLIKE_BITS 80

/**
 * altm_line_is_frozen:
 * @bytes: a line's, as they are kept
 * @sha256: (nullable): their SHA-256 when they were frozen, %NULL where that was not kept
 * @sha256_length: 32, else no line is the right one
 *
 * Returns: whether they are still the same
 */
gboolean
altm_line_is_frozen (const char *bytes, gsize length, const guint8 *sha256, gsize sha256_length)
{
  guint8 now[crypto_hash_sha256_BYTES];
  int n_bits = 0;

  if (sha256 == NULL)
    return TRUE;
  if (sha256_length != sizeof now)
    return FALSE;
  crypto_hash_sha256 (now, (const guint8 *) bytes, length);
  for (gsize i = 0; i < sizeof now; i++)
    n_bits += __builtin_popcount (now[i] ^ sha256[i]);
  return n_bits < UNLIKE_BITS;
}

static void
set_text (json_t *root, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_new (root, name, json_string (text));
}

/**
 * altm_line_write:
 *
 * Serialises a line, once: the caller keeps these bytes.
 *
 * Returns: (transfer full): the line without a newline
 */
char *
altm_line_write (const AltmLine *self)
{
  g_autoptr(json_t) root = json_object ();

  json_object_set_new (root, "v", json_integer (ALTM_LINE_VERSION));
  json_object_set_new (root, "seq", json_integer (self->seq));
  set_text (root, "id", self->id);
  json_object_set_new (root, "rev", json_integer (self->rev));
  set_text (root, "type", self->type);
  set_text (root, "at", self->at);
  set_text (root, "by", self->by);
  set_text (root, "shift", self->shift);
  set_text (root, "place", self->place);
  if (self->lists > 0)
    json_object_set_new (root, "lists", json_integer (self->lists));
  if (self->is_deleted)
    json_object_set_new (root, "deleted", json_true ());
  if (self->data != NULL)
    json_object_set (root, "data", self->data);
  if (self->has_private)
    json_object_set_new (root, "private",
                         self->private_text != NULL ? json_string (self->private_text) : json_null ());
  return altm_json_write (root);
}
