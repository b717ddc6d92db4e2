/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "altm-test.h"

#define ID "0192f0c1-7b6a-7c3e-9d2f-3b1f6c0a9e11"

/* A folder with a key file in it, made by the pair. */
typedef struct
{
  char *folder;
  char *path;
  AltmSealPair *pair;
} Keys;

static void
keys_free (Keys *self)
{
  altm_seal_pair_free (self->pair);
  altm_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keys, keys_free)

static Keys *
keys_new (void)
{
  Keys *self = g_new0 (Keys, 1);
  g_autoptr(GError) error = NULL;

  self->folder = altm_test_make_folder ();
  self->path = g_build_filename (self->folder, "store.key", NULL);
  self->pair = altm_seal_pair_load (self->path, &error);
  g_assert_no_error (error);
  return self;
}

static char *
seal_note (Keys *keys, const char *note)
{
  g_autoptr(json_t) private = json_pack ("{s:s}", "note", note);
  g_autoptr(GError) error = NULL;
  char *sealed = altm_seal (altm_seal_pair_get_key (keys->pair), ID, 3, private, &error);

  g_assert_no_error (error);
  return sealed;
}

static void
what_is_sealed_is_opened (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *sealed = seal_note (keys, "Elle a rappelé.");
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) opened = altm_seal_pair_open (keys->pair, sealed, &error);

  g_assert_no_error (error);
  altm_test_assert_json (opened, "{'id':'" ID "','rev':3,'private':{'note':'Elle a rappelé.'}}");
  g_assert_true (altm_seal_is_sealed (sealed));
}

static void
the_clear_text_is_not_in_it (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *sealed = seal_note (keys, "PLANTED");
  g_autofree char *again = seal_note (keys, "PLANTED");

  g_assert_null (strstr (sealed, "PLANTED"));
  g_assert_cmpstr (sealed, !=, again);
}

static void
notes_of_different_lengths_look_alike (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *one = seal_note (keys, "a");
  g_autofree char *other = seal_note (keys, "a longer note, of 32 characters.");
  g_autofree char *much = seal_note (keys, "a much longer note, of more than the 64 bytes that one is padded to");
  g_autofree char *most = seal_note (keys, "a much longer note, of more than the 64 bytes that one is padded to, and more");

  g_assert_cmpuint (strlen (one), ==, strlen (other));
  g_assert_cmpuint (strlen (much), ==, strlen (most));
  g_assert_cmpuint (strlen (one), <, strlen (much));
}

static void
altered_text_is_refused (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *sealed = seal_note (keys, "a");

  for (gsize i = 17; i < strlen (sealed); i += 7)
    {
      g_autofree char *altered = g_strdup (sealed);
      g_autoptr(GError) error = NULL;

      altered[i] = altered[i] == 'A' ? 'B' : 'A';
      g_assert_null (altm_seal_pair_open (keys->pair, altered, &error));
      g_assert_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_TEXT);
    }
}

static void
cut_text_is_refused (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *sealed = seal_note (keys, "a");

  for (gsize length = 17; length < strlen (sealed); length++)
    {
      g_autofree char *cut = g_strndup (sealed, length);
      g_autoptr(GError) error = NULL;

      g_assert_null (altm_seal_pair_open (keys->pair, cut, &error));
      g_assert_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_TEXT);
    }
}

static void
text_for_another_key_is_refused (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(Keys) others = keys_new ();
  g_autofree char *sealed = seal_note (keys, "a");
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_seal_pair_open (others->pair, sealed, &error));
  g_assert_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_KEY);
}

static void
text_under_a_borrowed_name_is_refused (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(Keys) others = keys_new ();
  g_autofree char *sealed = seal_note (keys, "a");
  g_autoptr(GError) error = NULL;

  memcpy (sealed, altm_seal_pair_get_key (others->pair), 16);
  g_assert_null (altm_seal_pair_open (others->pair, sealed, &error));
  g_assert_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_TEXT);
}

static void
only_keys_are_sealed_to (void)
{
  static const char *const texts[] = { "", "a", "0123456789abcdef", "0123456789abcdef.", "0123456789abcdef.AAAA",
                                       "0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" };
  g_autoptr(json_t) private = altm_test_json ("{'note':'a'}");

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (altm_seal_is_key (texts[i]));
      g_assert_null (altm_seal (texts[i], ID, 1, private, &error));
      g_assert_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_KEY);
    }
  g_assert_false (altm_seal_is_key (NULL));
}

static void
a_key_is_named_by_its_hash (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *key = g_strdup (altm_seal_pair_get_key (keys->pair));
  g_autofree guint8 *public = NULL;
  g_autofree char *hash = NULL;
  gsize length;

  g_assert_true (altm_seal_is_key (key));
  public = g_base64_decode (key + 17, &length);
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, public, length);
  g_assert_cmpuint (length, ==, 32);
  g_assert_cmpmem (hash, 16, key, 16);
  key[0] = key[0] == 'a' ? 'b' : 'a';
  g_assert_false (altm_seal_is_key (key));
}

static void
the_shape_of_sealed_text_is_known (void)
{
  g_autofree char *base64 = g_strnfill (151, 'A');
  g_autofree char *good = g_strconcat ("0123456789abcdef.", base64, "=", NULL);
  g_autofree char *no_name = g_strconcat ("0123456789abcde.", base64, "=", NULL);
  g_autofree char *upper = g_strconcat ("0123456789ABCDEF.", base64, "=", NULL);
  g_autofree char *bad_letter = g_strconcat ("0123456789abcdef.", base64, "-", NULL);
  g_autofree char *much_padding = g_strconcat ("0123456789abcdef.", base64, "===", NULL);
  g_autofree char *no_dot = g_strconcat ("0123456789abcdef-", base64, "=", NULL);

  g_assert_true (altm_seal_is_sealed (good));
  g_assert_false (altm_seal_is_sealed (no_name));
  g_assert_false (altm_seal_is_sealed (upper));
  g_assert_false (altm_seal_is_sealed (bad_letter));
  g_assert_false (altm_seal_is_sealed (much_padding));
  g_assert_false (altm_seal_is_sealed (no_dot));
  g_assert_false (altm_seal_is_sealed ("0123456789abcdef.AAAA"));
  g_assert_false (altm_seal_is_sealed ("0123456789abcdef"));
  g_assert_false (altm_seal_is_sealed (""));
}

static void
the_key_file_is_the_owners_alone (void)
{
  g_autoptr(Keys) keys = keys_new ();
  GStatBuf status;

  g_assert_cmpint (g_stat (keys->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static void
the_key_file_is_loaded_again (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *sealed = seal_note (keys, "a");
  g_autoptr(AltmSealPair) again = altm_seal_pair_load (keys->path, NULL);
  g_autoptr(json_t) opened = altm_seal_pair_open (again, sealed, NULL);

  g_assert_cmpstr (altm_seal_pair_get_key (again), ==, altm_seal_pair_get_key (keys->pair));
  g_assert_nonnull (opened);
}

static void
a_key_that_others_may_read_is_refused (void)
{
  static const int modes[] = { 0640, 0604, 0620, 0602, 0644, 0660 };
  g_autoptr(Keys) keys = keys_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (g_chmod (keys->path, modes[i]), ==, 0);
      g_assert_null (altm_seal_pair_load (keys->path, &error));
      g_assert_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_FILE);
    }
}

static void
what_is_no_key_file_is_refused_and_kept (void)
{
  static const char *const texts[] = { "", "not a key", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" };
  g_autoptr(Keys) keys = keys_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = NULL;

      g_assert_true (g_file_set_contents_full (keys->path, texts[i], -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
      g_assert_null (altm_seal_pair_load (keys->path, &error));
      g_assert_error (error, ALTM_SEAL_ERROR, ALTM_SEAL_ERROR_FILE);
      bytes = altm_test_read_file (keys->folder, "store.key");
      g_assert_cmpmem (texts[i], strlen (texts[i]), g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/seal/round-trip", what_is_sealed_is_opened);
  g_test_add_func ("/seal/no-clear-text", the_clear_text_is_not_in_it);
  g_test_add_func ("/seal/padding", notes_of_different_lengths_look_alike);
  g_test_add_func ("/seal/altered", altered_text_is_refused);
  g_test_add_func ("/seal/cut", cut_text_is_refused);
  g_test_add_func ("/seal/another-key", text_for_another_key_is_refused);
  g_test_add_func ("/seal/borrowed-name", text_under_a_borrowed_name_is_refused);
  g_test_add_func ("/seal/keys", only_keys_are_sealed_to);
  g_test_add_func ("/seal/key-name", a_key_is_named_by_its_hash);
  g_test_add_func ("/seal/shape", the_shape_of_sealed_text_is_known);
  g_test_add_func ("/seal/file/mode", the_key_file_is_the_owners_alone);
  g_test_add_func ("/seal/file/again", the_key_file_is_loaded_again);
  g_test_add_func ("/seal/file/readable", a_key_that_others_may_read_is_refused);
  g_test_add_func ("/seal/file/wrong", what_is_no_key_file_is_refused_and_kept);
  return g_test_run ();
}
