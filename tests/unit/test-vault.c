/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "altm-store.h"
#include "altm-test.h"
#include "altm-vault-private.h"

#define PIN "481516"
#define OTHER_PIN "902174"
#define PASSPHRASE "trois petits chats"

/* As cheap as Argon2id can be: what is tested is not how long it takes. */
static const AltmVaultCost cheap = { 1, 8192 };

/* A folder with keys in it, held by m-17 with a PIN and by m-4 with a passphrase. */
typedef struct
{
  char *folder;
  AltmVault *vault;
  AltmSealPair *pair;
} Keys;

static void
keys_free (Keys *self)
{
  altm_seal_pair_free (self->pair);
  altm_vault_unref (self->vault);
  altm_test_remove (self->folder);
  g_free (self->folder);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Keys, keys_free)

static Keys *
keys_new (void)
{
  Keys *self = g_new0 (Keys, 1);
  g_autoptr(AltmVault) first = NULL;
  g_autoptr(GError) error = NULL;

  self->folder = altm_test_make_folder ();
  first = altm_vault_create_at_cost ("m-17", PIN, cheap, &self->pair, &error);
  g_assert_no_error (error);
  self->vault = altm_vault_set_holder_at_cost (first, self->pair, "m-4", PASSPHRASE, cheap, &error);
  g_assert_no_error (error);
  altm_vault_save (self->vault, self->folder, &error);
  g_assert_no_error (error);
  return self;
}

static AltmVault *
load (Keys *self)
{
  g_autoptr(GError) error = NULL;
  AltmVault *vault = altm_vault_load (self->folder, &error);

  g_assert_no_error (error);
  return vault;
}

static void
assert_opens (AltmVault *vault, const char *holder, const char *secret, AltmSealPair *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmSealPair) pair = altm_vault_open (vault, holder, secret, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (altm_seal_pair_get_secret (pair), ALTM_SEAL_KEY_BYTES, altm_seal_pair_get_secret (expected),
                   ALTM_SEAL_KEY_BYTES);
  g_assert_cmpstr (altm_seal_pair_get_key (pair), ==, altm_vault_get_key (vault));
}

static void
assert_refuses (AltmVault *vault, const char *holder, const char *secret, AltmVaultError code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_vault_open (vault, holder, secret, &error));
  g_assert_error (error, ALTM_VAULT_ERROR, (int) code);
}

static void
each_holder_opens_it (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(AltmVault) vault = load (keys);
  g_auto(GStrv) holders = altm_vault_list_holders (vault);

  g_assert_cmpstrv (holders, ((const char *const[]) { "m-17", "m-4", NULL }));
  g_assert_cmpint (altm_vault_get_kind (vault, "m-17"), ==, ALTM_VAULT_PIN);
  g_assert_cmpint (altm_vault_get_kind (vault, "m-4"), ==, ALTM_VAULT_PASSPHRASE);
  assert_opens (vault, "m-17", PIN, keys->pair);
  assert_opens (vault, "m-4", PASSPHRASE, keys->pair);
}

static void
a_wrong_secret_is_refused (void)
{
  static const char *const secrets[] = { "", "481517", "48151", "4815160", PASSPHRASE, "\xff\xfe" };
  g_autoptr(Keys) keys = keys_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    assert_refuses (keys->vault, "m-17", secrets[i], ALTM_VAULT_ERROR_SECRET);
  assert_refuses (keys->vault, "m-4", PIN, ALTM_VAULT_ERROR_SECRET);
  assert_refuses (keys->vault, "m-1", PIN, ALTM_VAULT_ERROR_HOLDER);
  assert_refuses (keys->vault, "", PIN, ALTM_VAULT_ERROR_HOLDER);
}

/* é as one letter, and as e with an accent, which another keyboard sends. */
static void
the_same_letters_are_the_same_secret (void)
{
  g_autoptr(AltmSealPair) pair = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmVault) vault = altm_vault_create_at_cost ("m-17", "caf\xc3\xa9 du march\xc3\xa9", cheap, &pair, &error);

  g_assert_no_error (error);
  assert_opens (vault, "m-17", "cafe\xcc\x81 du marche\xcc\x81", pair);
}

static void
neither_half_nor_secret_is_in_the_file (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(GBytes) file = altm_test_read_file (keys->folder, "keys.json");
  gsize length;
  const char *text = g_bytes_get_data (file, &length);
  char base64[sodium_base64_ENCODED_LEN (ALTM_SEAL_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL)];

  sodium_bin2base64 (base64, sizeof base64, altm_seal_pair_get_secret (keys->pair), ALTM_SEAL_KEY_BYTES,
                     sodium_base64_VARIANT_ORIGINAL);
  g_assert_null (memmem (text, length, altm_seal_pair_get_secret (keys->pair), ALTM_SEAL_KEY_BYTES));
  g_assert_null (memmem (text, length, base64, strlen (base64) - 2));
  g_assert_null (memmem (text, length, PIN, strlen (PIN)));
  g_assert_null (memmem (text, length, PASSPHRASE, strlen (PASSPHRASE)));
  g_assert_nonnull (memmem (text, length, altm_vault_get_key (keys->vault), strlen (altm_vault_get_key (keys->vault))));
}

static void
the_file_is_the_owners_alone (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *path = g_build_filename (keys->folder, "keys.json", NULL);
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

static json_t *
read_file (Keys *keys)
{
  g_autoptr(GBytes) file = altm_test_read_file (keys->folder, "keys.json");
  json_t *root = altm_json_parse (g_bytes_get_data (file, NULL), g_bytes_get_size (file), NULL);

  g_assert_nonnull (root);
  return root;
}

static void
write_text (Keys *keys, const char *text)
{
  g_autofree char *path = g_build_filename (keys->folder, "keys.json", NULL);

  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

static void
write_file (Keys *keys, json_t *root)
{
  g_autofree char *text = altm_json_write (root);

  write_text (keys, text);
}

static json_t *
first_holder (json_t *root)
{
  return json_array_get (json_object_get (root, "holders"), 0);
}

/* Another letter in the middle of a text of base64, where all its bits count. */
static json_t *
alter_text (const char *text)
{
  g_autofree char *altered = g_strdup (text);
  gsize at = strlen (altered) / 2;

  altered[at] = altered[at] == 'A' ? 'B' : 'A';
  return json_string (altered);
}

/* Each of them is bound: what was altered opens with no secret. */
static void
an_altered_field_opens_nothing (void)
{
  static const char *const names[] = { "salt", "nonce", "wrapped", "opslimit", "memlimit", "kind", "name" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(Keys) keys = keys_new ();
      g_autoptr(json_t) root = read_file (keys);
      json_t *holder = first_holder (root);
      json_t *value = json_object_get (holder, names[i]);
      g_autoptr(AltmVault) vault = NULL;

      if (json_is_integer (value))
        json_object_set_new (holder, names[i], json_integer (2 * json_integer_value (value)));
      else if (strcmp (names[i], "kind") == 0)
        json_object_set_new (holder, names[i], json_string ("passphrase"));
      else
        json_object_set_new (holder, names[i], alter_text (json_string_value (value)));
      write_file (keys, root);
      vault = load (keys);
      assert_refuses (vault, json_string_value (json_object_get (holder, "name")), PIN, ALTM_VAULT_ERROR_SECRET);
      assert_opens (vault, "m-4", PASSPHRASE, keys->pair);
    }
}

static void
another_public_key_opens_nothing (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(Keys) others = keys_new ();
  g_autoptr(json_t) root = read_file (keys);
  g_autoptr(AltmVault) vault = NULL;

  json_object_set_new (root, "key", json_string (altm_vault_get_key (others->vault)));
  write_file (keys, root);
  vault = load (keys);
  assert_refuses (vault, "m-17", PIN, ALTM_VAULT_ERROR_SECRET);
  assert_refuses (vault, "m-4", PASSPHRASE, ALTM_VAULT_ERROR_SECRET);
}

/* What is wrapped for one is not another's under their name. */
static void
a_holders_part_is_not_anothers (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(json_t) root = read_file (keys);
  g_autoptr(AltmVault) vault = NULL;
  json_t *one = first_holder (root), *other = json_array_get (json_object_get (root, "holders"), 1);

  json_object_set_new (one, "name", json_string ("m-4"));
  json_object_set_new (other, "name", json_string ("m-17"));
  write_file (keys, root);
  vault = load (keys);
  assert_refuses (vault, "m-4", PIN, ALTM_VAULT_ERROR_SECRET);
  assert_refuses (vault, "m-17", PASSPHRASE, ALTM_VAULT_ERROR_SECRET);
}

static void
assert_damaged (Keys *keys)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_vault_load (keys->folder, &error));
  g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_DAMAGED);
}

static void
what_is_no_file_of_keys_is_refused (void)
{
  static const char *const texts[] = { "", "{", "[]", "{}", "{\"version\":1}", "not json" };
  g_autoptr(Keys) keys = keys_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      write_text (keys, texts[i]);
      assert_damaged (keys);
    }
}

/* One field of the first holder in the place of what it was; NULL removes it. */
static void
a_hostile_holder_is_refused (void)
{
  static const char *const values[][2] = {
    { "name", NULL },           { "name", "''" },          { "name", "'m-4'" },         { "name", "'a\\u0007b'" },
    { "name", "7" },            { "kind", NULL },          { "kind", "'face'" },        { "opslimit", NULL },
    { "opslimit", "0" },        { "opslimit", "-1" },      { "opslimit", "33" },        { "opslimit", "9e99" },
    { "memlimit", NULL },       { "memlimit", "8191" },    { "memlimit", "268435457" }, { "memlimit", "-4096" },
    { "salt", NULL },           { "salt", "'AAAA'" },      { "salt", "'?'" },           { "nonce", NULL },
    { "nonce", "'AAAA'" },      { "wrapped", NULL },       { "wrapped", "'AAAA'" },     { "wrapped", "[]" },
    { "memlimit", "9223372036854775807" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr(Keys) keys = keys_new ();
      g_autoptr(json_t) root = read_file (keys);

      if (values[i][1] != NULL)
        json_object_set_new (first_holder (root), values[i][0], altm_test_value (values[i][1]));
      else
        json_object_del (first_holder (root), values[i][0]);
      write_file (keys, root);
      assert_damaged (keys);
    }
}

static void
a_hostile_file_is_refused (void)
{
  static const char *const values[][2] = {
    { "version", "2" }, { "version", "'1'" }, { "key", "'0123456789abcdef.AAAA'" }, { "key", "7" }, { "holders", "[]" }, { "holders", "{}" },
    { "holders", "[7]" },
  };
  g_autofree char *blanks = g_strnfill (70000, ' ');
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(json_t) crowd = read_file (keys);
  json_t *holders = json_object_get (crowd, "holders");

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr(Keys) others = keys_new ();
      g_autoptr(json_t) root = read_file (others);

      json_object_set_new (root, values[i][0], altm_test_value (values[i][1]));
      write_file (others, root);
      assert_damaged (others);
    }
  for (int i = 0; i < ALTM_VAULT_HOLDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("m-1%03d", i);
      json_t *holder = json_copy (json_array_get (holders, 0));

      json_object_set_new (holder, "name", json_string (name));
      json_array_append_new (holders, holder);
    }
  write_file (keys, crowd);
  assert_damaged (keys);
  write_text (keys, blanks);
  assert_damaged (keys);
}

static void
there_is_nothing_where_nothing_is (void)
{
  g_autofree char *folder = altm_test_make_folder ();
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_vault_load (folder, &error));
  g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_MISSING);
  g_clear_error (&error);
  g_assert_true (altm_vault_destroy (folder, &error));
  g_assert_no_error (error);
  altm_test_remove (folder);
}

static void
a_holder_is_changed_and_removed (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmVault) changed =
    altm_vault_set_holder_at_cost (keys->vault, keys->pair, "m-17", OTHER_PIN, cheap, &error);
  g_autoptr(AltmVault) left = NULL;

  g_assert_no_error (error);
  assert_opens (changed, "m-17", OTHER_PIN, keys->pair);
  assert_refuses (changed, "m-17", PIN, ALTM_VAULT_ERROR_SECRET);
  assert_opens (changed, "m-4", PASSPHRASE, keys->pair);
  assert_opens (keys->vault, "m-17", PIN, keys->pair); /* the one before is as it was */

  left = altm_vault_remove_holder (changed, "m-17", &error);
  g_assert_no_error (error);
  assert_refuses (left, "m-17", OTHER_PIN, ALTM_VAULT_ERROR_HOLDER);
  assert_opens (left, "m-4", PASSPHRASE, keys->pair);
  g_assert_null (altm_vault_remove_holder (left, "m-4", &error));
  g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER);
  g_clear_error (&error);
  g_assert_null (altm_vault_remove_holder (keys->vault, "m-1", &error));
  g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER);
}

static void
who_is_no_holder_is_not_added (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(Keys) others = keys_new ();
  g_autofree char *long_name = g_strnfill (65, 'm');
  const char *const names[] = { "", long_name, "a\nb", "\xff" };
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_null (altm_vault_set_holder_at_cost (keys->vault, keys->pair, names[i], OTHER_PIN, cheap, &error));
      g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER);
      g_clear_error (&error);
    }
  g_assert_null (altm_vault_set_holder_at_cost (keys->vault, others->pair, "m-1", OTHER_PIN, cheap, &error));
  g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER);
}

static void
so_many_share_a_tablet_and_no_more (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autoptr(AltmVault) vault = altm_vault_ref (keys->vault);
  g_autoptr(AltmVault) read = NULL;
  g_autoptr(GError) error = NULL;

  for (int i = 2; i < ALTM_VAULT_HOLDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("m-1%03d", i);
      g_autoptr(AltmVault) before = g_steal_pointer (&vault);

      vault = altm_vault_set_holder_at_cost (before, keys->pair, name, OTHER_PIN, cheap, &error);
      g_assert_no_error (error);
    }
  altm_vault_save (vault, keys->folder, &error);
  g_assert_no_error (error);
  read = load (keys);
  assert_opens (read, "m-1063", OTHER_PIN, keys->pair);
  g_assert_null (altm_vault_set_holder_at_cost (vault, keys->pair, "m-2", OTHER_PIN, cheap, &error));
  g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_HOLDER);
}

static void
what_others_guess_is_refused (void)
{
  static const char *const weak[] = { "",         "1",        "12345",    "000000",   "1111111",  "123456",     "987654",   "890123",
                                      "121212",   "123123",   "12341234", "112233",   "123321",   "241181",     "24111981", "19811124",
                                      "01012000", "motdepass", "aaaaaaaaaa", "ababababab", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" };
  static const char *const good[] = { "481516", "902174", "4815162342", "991399", "trois petits chats", "été à Lyon!" };
  g_autofree char *much = g_strnfill (257, 'x');

  for (gsize i = 0; i < G_N_ELEMENTS (weak); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (altm_vault_check_secret (weak[i], &error));
      g_assert_error (error, ALTM_VAULT_ERROR, ALTM_VAULT_ERROR_WEAK);
      g_assert_null (altm_vault_create ("m-17", weak[i], NULL, NULL));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (altm_vault_check_secret (good[i], NULL));
  g_assert_false (altm_vault_check_secret (much, NULL));
}

static void
what_is_destroyed_is_overwritten_first (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *path = g_build_filename (keys->folder, "keys.json", NULL);
  g_autofree char *fresh = g_build_filename (keys->folder, "keys.json.new", NULL);
  g_autofree char *other_name = g_build_filename (keys->folder, "other-name", NULL);
  g_autoptr(GBytes) before = altm_test_read_file (keys->folder, "keys.json");
  g_autoptr(GBytes) after = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (link (path, other_name), ==, 0);
  g_assert_true (g_file_set_contents (fresh, "half a file", -1, NULL));
  altm_vault_destroy (keys->folder, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
  after = altm_test_read_file (keys->folder, "other-name");
  g_assert_cmpuint (g_bytes_get_size (before), ==, g_bytes_get_size (after));
  g_assert_false (g_bytes_equal (before, after));
  g_assert_false (altm_test_holds (keys->folder, altm_vault_get_key (keys->vault)));
}

/* A PIN that was changed must not open what the disk still has of the file before. */
static void
what_is_replaced_is_overwritten (void)
{
  g_autoptr(Keys) keys = keys_new ();
  g_autofree char *path = g_build_filename (keys->folder, "keys.json", NULL);
  g_autofree char *other_name = g_build_filename (keys->folder, "other-name", NULL);
  g_autoptr(GBytes) left = NULL;
  g_autoptr(AltmVault) changed = altm_vault_set_holder_at_cost (keys->vault, keys->pair, "m-17", OTHER_PIN, cheap, NULL);

  g_assert_cmpint (link (path, other_name), ==, 0);
  g_assert_true (altm_vault_save (changed, keys->folder, NULL));
  left = altm_test_read_file (keys->folder, "other-name");
  g_assert_null (memmem (g_bytes_get_data (left, NULL), g_bytes_get_size (left), "wrapped", 7));
}

/* Once with what it costs in the field: within the bounds that loading sets. */
static void
its_cost_is_measured_and_kept (void)
{
  g_autoptr(AltmSealPair) pair = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = altm_test_make_folder ();
  g_autoptr(AltmVault) vault = altm_vault_create ("m-17", PIN, &pair, &error);
  g_autoptr(AltmVault) read = NULL;
  AltmVaultCost cost;

  g_assert_no_error (error);
  cost = altm_vault_get_cost (vault, "m-17");
  g_assert_cmpuint (cost.opslimit, >=, 3);
  g_assert_cmpuint (cost.memlimit, >=, (gsize) 64 << 20);
  g_assert_cmpuint (cost.memlimit, <=, (gsize) 256 << 20);
  g_assert_true (altm_vault_save (vault, folder, NULL));
  read = altm_vault_load (folder, &error);
  g_assert_no_error (error);
  g_assert_true (altm_vault_equal (vault, read));
  assert_opens (read, "m-17", PIN, pair);
  g_test_message ("%u passes over %u MiB", (guint) cost.opslimit, (guint) (cost.memlimit >> 20));
  altm_test_remove (folder);
}

static gpointer
open_elsewhere (gpointer data)
{
  Keys *keys = data;

  for (int i = 0; i < 50; i++)
    {
      assert_opens (keys->vault, "m-17", PIN, keys->pair);
      assert_refuses (keys->vault, "m-17", OTHER_PIN, ALTM_VAULT_ERROR_SECRET);
    }
  return NULL;
}

static void
threads_open_it_at_once (void)
{
  g_autoptr(Keys) keys = keys_new ();
  GThread *threads[3];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("open", open_elsewhere, keys);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/vault/open", each_holder_opens_it);
  g_test_add_func ("/vault/wrong", a_wrong_secret_is_refused);
  g_test_add_func ("/vault/normalised", the_same_letters_are_the_same_secret);
  g_test_add_func ("/vault/no-clear-text", neither_half_nor_secret_is_in_the_file);
  g_test_add_func ("/vault/mode", the_file_is_the_owners_alone);
  g_test_add_func ("/vault/altered", an_altered_field_opens_nothing);
  g_test_add_func ("/vault/altered/key", another_public_key_opens_nothing);
  g_test_add_func ("/vault/altered/swapped", a_holders_part_is_not_anothers);
  g_test_add_func ("/vault/file/none", there_is_nothing_where_nothing_is);
  g_test_add_func ("/vault/file/wrong", what_is_no_file_of_keys_is_refused);
  g_test_add_func ("/vault/file/hostile", a_hostile_file_is_refused);
  g_test_add_func ("/vault/file/hostile-holder", a_hostile_holder_is_refused);
  g_test_add_func ("/vault/holder/changed", a_holder_is_changed_and_removed);
  g_test_add_func ("/vault/holder/none", who_is_no_holder_is_not_added);
  g_test_add_func ("/vault/holder/many", so_many_share_a_tablet_and_no_more);
  g_test_add_func ("/vault/weak", what_others_guess_is_refused);
  g_test_add_func ("/vault/destroyed", what_is_destroyed_is_overwritten_first);
  g_test_add_func ("/vault/replaced", what_is_replaced_is_overwritten);
  g_test_add_func ("/vault/cost", its_cost_is_measured_and_kept);
  g_test_add_func ("/vault/threads", threads_open_it_at_once);
  return g_test_run ();
}
