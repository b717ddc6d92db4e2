/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "altm-hq-keys-private.h"
#include "altm-hq-private.h"
#include "altm-test-hq.h"

#define ID "0192f0c1-7b6a-7c3e-9d2f-000000000001"

static const AltmHqHolder claire = { "Claire", "quatre mots choisis au hasard" };
static const AltmHqHolder nadia = { "Nadia", "autre phrase, assez longue" };

/* A store's folder beside which keys lie; the store itself is not needed. */
typedef struct
{
  char *folder;
  char *store;
} Place;

static Place *
place_new (void)
{
  Place *self = g_new0 (Place, 1);

  self->folder = altm_test_make_folder ();
  self->store = g_build_filename (self->folder, "store", NULL);
  return self;
}

static void
place_free (Place *self)
{
  altm_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->store);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

static char *
name_file (Place *place, const char *ending)
{
  return g_strconcat (place->store, ending, NULL);
}

static gboolean
has_file (Place *place, const char *ending)
{
  g_autofree char *path = name_file (place, ending);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static char *
read_file (Place *place, const char *ending)
{
  g_autofree char *path = name_file (place, ending);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
write_file (Place *place, const char *ending, const char *text)
{
  g_autofree char *path = name_file (place, ending);

  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

/* Cheap to guess, as only a test's may be. */
static AltmHqKeys *
load (Place *place)
{
  g_autoptr(GError) error = NULL;
  AltmHqKeys *keys = altm_hq_keys_load (place->store, NULL, &error);

  g_assert_no_error (error);
  altm_hq_keys_set_cost (keys, (AltmVaultCost) { crypto_pwhash_argon2id_OPSLIMIT_MIN, crypto_pwhash_argon2id_MEMLIMIT_MIN });
  return keys;
}

/* A key that lies open, as `serve` makes it. */
static char *
make_raw (Place *place)
{
  g_autoptr(AltmHqKeys) keys = load (place);
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_hq_keys_make (keys, &error));
  g_assert_no_error (error);
  return g_strdup (altm_hq_keys_get_current (keys));
}

static void
protect (Place *place)
{
  g_autoptr(AltmHqKeys) keys = load (place);
  g_autoptr(GError) error = NULL;

  altm_hq_keys_protect (keys, &claire, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
}

static void
rotate (Place *place)
{
  g_autoptr(AltmHqKeys) keys = load (place);
  g_autoptr(GError) error = NULL;

  altm_hq_keys_rotate (keys, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
}

static void
grant (Place *place)
{
  g_autoptr(AltmHqKeys) keys = load (place);
  g_autoptr(GError) error = NULL;

  altm_hq_keys_grant (keys, &claire, &nadia, &error);
  g_assert_no_error (error);
}

static char *
seal (const char *key)
{
  g_autoptr(json_t) private = altm_test_json ("{'note':'dit en confiance'}");

  return altm_seal (key, ID, 1, private, NULL);
}

static gboolean
opens (Place *place, const char *sealed, const AltmHqHolder *holder)
{
  g_autoptr(AltmHqKeys) keys = load (place);
  g_autoptr(AltmSealPair) pair = altm_hq_keys_unlock (keys, sealed, holder, NULL);
  const AltmHqPrivate found = { (char *) sealed, 1 };
  g_autoptr(json_t) private = pair != NULL ? altm_hq_private_open (&found, ID, pair, NULL) : NULL;

  if (private != NULL)
    altm_test_assert_json (private, "{'note':'dit en confiance'}");
  return private != NULL;
}

static void
a_raw_key_is_protected (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key), *secret = read_file (place, ".key");
  g_autofree char *path = name_file (place, ".keys");
  g_autoptr(AltmHqKeys) keys = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;

  g_assert_nonnull (secret);
  protect (place);
  keys = load (place);
  g_assert_cmpstr (altm_hq_keys_get_current (keys), ==, key);
  g_assert_true (altm_hq_keys_is_protected (keys));
  g_assert_false (has_file (place, ".key"));
  g_assert_false (altm_test_holds (place->folder, secret));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  text = read_file (place, ".keys");
  g_assert_null (strstr (text, claire.passphrase));
  g_assert_true (opens (place, sealed, &claire));
}

static void
nobody_else_opens (void)
{
  static const struct
  {
    AltmHqHolder holder;
    int code;
  } cases[] = {
    { { "Claire", "quatre mots choisis au hasarD" }, ALTM_HQ_KEYS_ERROR_PASSPHRASE },
    { { "Nadia", "quatre mots choisis au hasard" }, ALTM_HQ_KEYS_ERROR_HOLDER },
    { { "claire", "quatre mots choisis au hasard" }, ALTM_HQ_KEYS_ERROR_HOLDER },
    { { "Claire", "x" }, ALTM_HQ_KEYS_ERROR_PASSPHRASE },
  };
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key);
  g_autoptr(AltmHqKeys) keys = NULL;

  protect (place);
  keys = load (place);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (altm_hq_keys_unlock (keys, sealed, &cases[i].holder, &error));
      g_assert_error (error, ALTM_HQ_KEYS_ERROR, cases[i].code);
    }
}

static void
a_new_store_has_a_key_that_never_lay_open (void)
{
  g_autoptr(Place) place = place_new ();
  g_autoptr(AltmHqKeys) keys = NULL;
  g_autofree char *sealed = NULL;

  protect (place);
  keys = load (place);
  sealed = seal (altm_hq_keys_get_current (keys));
  g_assert_true (opens (place, sealed, &claire));
  g_assert_false (has_file (place, ".key"));
}

/* Wherever it is cut off, nothing is lost, and the same again ends it. */
static void
protecting_can_be_cut_off_anywhere (void)
{
  for (int step = ALTM_HQ_KEYS_STEP_WRITTEN; step < ALTM_HQ_KEYS_STEP_DONE; step++)
    {
      g_autoptr(Place) place = place_new ();
      g_autofree char *key = make_raw (place), *sealed = seal (key), *secret = read_file (place, ".key");
      g_autoptr(AltmHqKeys) keys = load (place), cut = NULL;
      g_autoptr(GError) error = NULL;

      altm_hq_keys_stop_after (keys, (AltmHqKeysStep) step);
      altm_hq_keys_protect (keys, &claire, ALTM_TEST_NOW, &error);
      g_assert_no_error (error);
      g_assert_true (altm_test_holds (place->folder, secret));
      cut = load (place);
      g_assert_true (altm_hq_keys_has_stray (cut));
      g_assert_cmpstr (altm_hq_keys_get_current (cut), ==, key);
      g_assert_true (opens (place, sealed, &claire));

      protect (place);
      g_assert_false (altm_test_holds (place->folder, secret));
      g_assert_false (has_file (place, ".key"));
      g_assert_false (has_file (place, ".key.going"));
      g_assert_true (opens (place, sealed, &claire));
    }
}

static void
a_key_half_overwritten_is_removed (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key);

  protect (place);
  write_file (place, ".key.going", "noise that is no key");
  protect (place);
  g_assert_false (has_file (place, ".key.going"));
  g_assert_true (opens (place, sealed, &claire));
}

/* What can't be opened again costs no key: not with another's passphrase, nor without a disk to write to. */
static void
protecting_that_fails_keeps_the_raw_key (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *secret = read_file (place, ".key"), *kept = NULL;
  const AltmHqHolder wrong = { claire.name, nadia.passphrase };
  g_autoptr(AltmHqKeys) keys = load (place);
  g_autoptr(GError) error = NULL;

  altm_hq_keys_stop_after (keys, ALTM_HQ_KEYS_STEP_WRITTEN);
  altm_hq_keys_protect (keys, &claire, ALTM_TEST_NOW, NULL);
  altm_hq_keys_stop_after (keys, ALTM_HQ_KEYS_STEP_DONE);
  g_assert_false (altm_hq_keys_protect (keys, &wrong, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_PASSPHRASE);
  kept = read_file (place, ".key");
  g_assert_cmpstr (kept, ==, secret);
  g_assert_nonnull (key);
}

static void
a_key_put_back_from_a_copy_is_taken_in (void)
{
  g_autoptr(Place) place = place_new (), other = place_new ();
  g_autofree char *key = make_raw (place), *stray = make_raw (other), *sealed = seal (stray);
  g_autofree char *secret = read_file (other, ".key");
  g_autoptr(AltmHqKeys) keys = NULL;

  protect (place);
  write_file (place, ".key", secret);
  protect (place);
  keys = load (place);
  g_assert_cmpstr (altm_hq_keys_get_current (keys), ==, key);
  g_assert_false (has_file (place, ".key"));
  g_assert_true (opens (place, sealed, &claire));
}

static void
rotation_keeps_what_was_sealed_before (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *first = make_raw (place), *sealed = seal (first), *later = NULL;
  g_autoptr(AltmHqKeys) keys = NULL;

  protect (place);
  for (int i = 0; i < 3; i++)
    rotate (place);
  keys = load (place);
  g_assert_cmpstr (altm_hq_keys_get_current (keys), !=, first);
  g_assert_true (altm_seal_is_key (altm_hq_keys_get_current (keys)));
  later = seal (altm_hq_keys_get_current (keys));
  g_assert_true (opens (place, sealed, &claire));
  g_assert_true (opens (place, later, &claire));
}

static void
each_holder_opens_by_their_own_passphrase (void)
{
  const AltmHqHolder swapped = { nadia.name, claire.passphrase };
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key), *later = NULL;
  g_autoptr(AltmHqKeys) keys = NULL;

  protect (place);
  grant (place);
  rotate (place);
  keys = load (place);
  later = seal (altm_hq_keys_get_current (keys));
  g_assert_true (opens (place, sealed, &claire));
  g_assert_true (opens (place, sealed, &nadia));
  g_assert_true (opens (place, later, &nadia));
  g_assert_false (opens (place, sealed, &swapped));
}

static void
a_holder_is_withdrawn_but_never_the_last (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key);
  g_autoptr(AltmHqKeys) keys = NULL;
  g_autoptr(GError) error = NULL, last = NULL, nobody = NULL;

  protect (place);
  grant (place);
  keys = load (place);
  altm_hq_keys_withdraw (keys, nadia.name, &error);
  g_assert_no_error (error);
  g_assert_false (opens (place, sealed, &nadia));
  g_assert_true (opens (place, sealed, &claire));
  g_assert_false (altm_hq_keys_withdraw (keys, claire.name, &last));
  g_assert_error (last, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_LAST);
  g_assert_false (altm_hq_keys_withdraw (keys, nadia.name, &nobody));
  g_assert_error (nobody, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_HOLDER);
  g_assert_true (opens (place, sealed, &claire));
}

static void
a_passphrase_is_changed (void)
{
  const AltmHqHolder changed = { claire.name, "une phrase toute neuve" };
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key);
  g_autoptr(AltmHqKeys) keys = NULL;
  g_autoptr(GError) error = NULL, wrong = NULL;

  protect (place);
  keys = load (place);
  altm_hq_keys_change_passphrase (keys, &claire, changed.passphrase, &error);
  g_assert_no_error (error);
  g_assert_true (opens (place, sealed, &changed));
  g_assert_false (opens (place, sealed, &claire));
  g_assert_false (altm_hq_keys_change_passphrase (keys, &claire, nadia.passphrase, &wrong));
  g_assert_error (wrong, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_PASSPHRASE);
}

static void
weak_passphrases_and_names_are_refused (void)
{
  static const struct
  {
    AltmHqHolder holder;
    int code;
  } cases[] = {
    { { "Nadia", "onze lettre" }, ALTM_HQ_KEYS_ERROR_WEAK },     { { "Nadia", "918273645546372819" }, ALTM_HQ_KEYS_ERROR_WEAK },
    { { "Nadia", "ababababababab" }, ALTM_HQ_KEYS_ERROR_WEAK },  { { "", "autre phrase, assez longue" }, ALTM_HQ_KEYS_ERROR_HOLDER },
    { { "Na\ndia", "autre phrase, assez longue" }, ALTM_HQ_KEYS_ERROR_HOLDER },
    { { "Claire", "autre phrase, assez longue" }, ALTM_HQ_KEYS_ERROR_HOLDER },
  };
  g_autoptr(Place) place = place_new ();
  g_autoptr(AltmHqKeys) keys = NULL;
  g_autofree char *before = NULL, *after = NULL;

  protect (place);
  before = read_file (place, ".keys");
  keys = load (place);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (altm_hq_keys_grant (keys, &claire, &cases[i].holder, &error));
      g_assert_error (error, ALTM_HQ_KEYS_ERROR, cases[i].code);
    }
  after = read_file (place, ".keys");
  g_assert_cmpstr (before, ==, after);
}

/* As while `keys protect` is at it: what `serve` made then would be taken for the key that is superfluous. */
static void
no_key_is_made_while_keys_are_changed (void)
{
  g_autoptr(Place) place = place_new ();
  g_autoptr(AltmHqKeys) serving = load (place);
  g_autoptr(GError) error = NULL, none = NULL;
  int lock = g_open (place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  g_assert_cmpint (flock (lock, LOCK_EX | LOCK_NB), ==, 0);
  g_assert_false (altm_hq_keys_make (serving, &error));
  g_assert_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_IN_USE);
  g_assert_false (has_file (place, ".key"));
  close (lock);
  protect (place);
  g_assert_true (altm_hq_keys_make (serving, &none));
  g_assert_no_error (none);
  g_assert_false (has_file (place, ".key"));
  g_assert_true (altm_hq_keys_is_protected (serving));
}

static void
what_is_not_protected_is_not_changed (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key);
  g_autoptr(AltmHqKeys) keys = load (place);
  g_autoptr(GError) rotated = NULL, granted = NULL, withdrawn = NULL, opened = NULL;

  g_assert_false (altm_hq_keys_rotate (keys, ALTM_TEST_NOW, &rotated));
  g_assert_error (rotated, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_UNPROTECTED);
  g_assert_false (altm_hq_keys_grant (keys, &claire, &nadia, &granted));
  g_assert_error (granted, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_UNPROTECTED);
  g_assert_false (altm_hq_keys_withdraw (keys, "Claire", &withdrawn));
  g_assert_error (withdrawn, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_UNPROTECTED);
  g_assert_null (altm_hq_keys_unlock (keys, sealed, &claire, &opened));
  g_assert_error (opened, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_UNPROTECTED);
  g_assert_false (has_file (place, ".keys"));
}

/* Puts another letter in the place of the @n-th of the text under @name. */
static void
spoil (json_t *object, const char *name, gsize n)
{
  g_autofree char *text = g_strdup (altm_json_get_string (object, name));

  g_assert_cmpuint (strlen (text), >, n);
  text[n] = text[n] == 'A' ? 'B' : 'A';
  json_object_set_new (object, name, json_string (text));
}

/* Whatever is altered in the file, it does not open as if nothing were; nor is anything lost by it. */
static void
an_altered_file_does_not_open (void)
{
  static const struct
  {
    const char *part; /* "keys", "vault" or "holders" */
    const char *name;
    gsize letter;
  } cases[] = {
    { "keys", "key", 20 },      { "keys", "sealed", 3 },   { "keys", "sealed", 30 },    { "keys", "sealed", 200 },
    { "vault", "key", 20 },     { "holders", "salt", 3 },  { "holders", "nonce", 3 },   { "holders", "wrapped", 3 },
    { "holders", "name", 0 },   { "holders", "wrapped", 50 },
  };
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *sealed = seal (key), *whole = NULL;

  protect (place);
  whole = read_file (place, ".keys");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) root = altm_json_parse (whole, strlen (whole), NULL);
      json_t *vault = json_object_get (root, "vault");
      json_t *object = strcmp (cases[i].part, "vault") == 0  ? vault
                       : strcmp (cases[i].part, "keys") == 0 ? json_array_get (json_object_get (root, "keys"), 0)
                                                             : json_array_get (json_object_get (vault, "holders"), 0);
      g_autofree char *text = NULL;
      g_autoptr(AltmHqKeys) keys = NULL;

      spoil (object, cases[i].name, cases[i].letter);
      text = altm_json_write (root);
      write_file (place, ".keys", text);
      keys = altm_hq_keys_load (place->store, NULL, NULL);
      g_test_message ("%s.%s[%zu]: %s", cases[i].part, cases[i].name, cases[i].letter, keys != NULL ? "loads" : "does not load");
      g_assert_null (keys != NULL ? altm_hq_keys_unlock (keys, sealed, &claire, NULL) : NULL);
    }
  write_file (place, ".keys", whole);
  g_assert_true (opens (place, sealed, &claire));
}

/* A file that says that a key of the attacker's is ours is found out as soon as somebody opens. */
static void
a_swapped_public_half_is_found (void)
{
  g_autoptr(Place) place = place_new (), other = place_new ();
  g_autofree char *key = make_raw (place), *foreign = make_raw (other), *sealed = seal (foreign), *text = NULL;
  g_auto(GStrv) parts = NULL;
  g_autofree char *swapped = NULL;
  g_autoptr(AltmHqKeys) keys = NULL;
  g_autoptr(GError) error = NULL;

  protect (place);
  text = read_file (place, ".keys");
  parts = g_strsplit (text, key, -1);
  swapped = g_strjoinv (foreign, parts);
  write_file (place, ".keys", swapped);
  keys = load (place);
  g_assert_cmpstr (altm_hq_keys_get_current (keys), ==, foreign);
  g_assert_null (altm_hq_keys_unlock (keys, sealed, &claire, &error));
  g_assert_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_DAMAGED);
}

static void
a_file_that_is_none_is_left_alone (void)
{
  static const char *const texts[] = { "", "{", "[]", "{}", "{\"version\":2}", "{\"version\":1,\"current\":\"x\",\"keys\":[]}", "\xff\xfe" };
  g_autoptr(Place) place = place_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *after = NULL;

      write_file (place, ".keys", texts[i]);
      g_assert_null (altm_hq_keys_load (place->store, NULL, &error));
      g_assert_error (error, ALTM_HQ_KEYS_ERROR, ALTM_HQ_KEYS_ERROR_DAMAGED);
      after = read_file (place, ".keys");
      g_assert_cmpstr (after, ==, texts[i]);
      g_assert_false (has_file (place, ".key"));
    }
}

static void
assert_refused (const char *store, int code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_hq_store_open (store, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_HQ_KEYS_ERROR, code);
}

/* HQ's store in @place, with a device, closed again. */
static char *
use_store (Place *place)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AltmHqStore) store = altm_hq_store_open (place->store, ALTM_TEST_NOW, &error);

  g_assert_no_error (error);
  return g_strdup (altm_hq_store_get_seal_key (store));
}

static void
a_store_never_goes_on_with_another_key_in_silence (void)
{
  g_autoptr(Place) place = place_new (), other = place_new ();
  g_autofree char *key = use_store (place), *secret = read_file (place, ".key"), *path = name_file (place, ".key");
  g_autofree char *foreign = make_raw (other), *foreign_secret = read_file (other, ".key"), *again = NULL;

  g_unlink (path);
  assert_refused (place->store, ALTM_HQ_KEYS_ERROR_MISSING);
  g_assert_false (has_file (place, ".key"));
  write_file (place, ".key", foreign_secret);
  assert_refused (place->store, ALTM_HQ_KEYS_ERROR_OTHER);
  write_file (place, ".key", secret);
  again = use_store (place);
  g_assert_cmpstr (again, ==, key);
  g_assert_nonnull (foreign);
}

static void
a_protected_store_is_served_without_a_passphrase (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = use_store (place), *protected = NULL, *rotated = NULL, *path = name_file (place, ".keys");

  protect (place);
  protected = use_store (place);
  g_assert_cmpstr (protected, ==, key);
  rotate (place);
  rotated = use_store (place);
  g_assert_cmpstr (rotated, !=, key);
  g_assert_false (has_file (place, ".key"));
  g_unlink (path);
  assert_refused (place->store, ALTM_HQ_KEYS_ERROR_MISSING);
  g_assert_false (has_file (place, ".key"));
}

/* Root, who runs a command in the place of HQ's own user, leaves nothing that HQ can't read. */
static void
the_file_belongs_to_whoever_has_its_folder (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = make_raw (place), *path = name_file (place, ".keys");
  uid_t owner = geteuid () == 0 ? 12345 : geteuid ();
  GStatBuf status;

  g_assert_cmpint (chown (place->folder, owner, (gid_t) -1), ==, 0);
  protect (place);
  rotate (place);
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_uid, ==, owner);
  g_assert_nonnull (key);
}

static void
a_key_that_is_lost_can_be_given_up (void)
{
  g_autoptr(Place) place = place_new ();
  g_autofree char *key = use_store (place), *path = name_file (place, ".key"), *fresh = NULL;
  g_autoptr(AltmHqStore) store = NULL;
  g_autoptr(GError) error = NULL;

  g_unlink (path);
  store = altm_hq_store_open_without_keys (place->store, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  g_assert_true (altm_hq_store_forget_key (store, &error));
  g_clear_pointer (&store, altm_hq_store_close);
  fresh = use_store (place);
  g_assert_cmpstr (fresh, !=, key);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/keys/a raw key is protected", a_raw_key_is_protected);
  g_test_add_func ("/keys/nobody else opens", nobody_else_opens);
  g_test_add_func ("/keys/a new store has a key that never lay open", a_new_store_has_a_key_that_never_lay_open);
  g_test_add_func ("/keys/protecting can be cut off anywhere", protecting_can_be_cut_off_anywhere);
  g_test_add_func ("/keys/a key half overwritten is removed", a_key_half_overwritten_is_removed);
  g_test_add_func ("/keys/protecting that fails keeps the raw key", protecting_that_fails_keeps_the_raw_key);
  g_test_add_func ("/keys/a key put back from a copy is taken in", a_key_put_back_from_a_copy_is_taken_in);
  g_test_add_func ("/keys/rotation keeps what was sealed before", rotation_keeps_what_was_sealed_before);
  g_test_add_func ("/keys/each holder opens by their own passphrase", each_holder_opens_by_their_own_passphrase);
  g_test_add_func ("/keys/a holder is withdrawn but never the last", a_holder_is_withdrawn_but_never_the_last);
  g_test_add_func ("/keys/a passphrase is changed", a_passphrase_is_changed);
  g_test_add_func ("/keys/weak passphrases and names are refused", weak_passphrases_and_names_are_refused);
  g_test_add_func ("/keys/no key is made while keys are changed", no_key_is_made_while_keys_are_changed);
  g_test_add_func ("/keys/what is not protected is not changed", what_is_not_protected_is_not_changed);
  g_test_add_func ("/keys/an altered file does not open", an_altered_file_does_not_open);
  g_test_add_func ("/keys/a swapped public half is found", a_swapped_public_half_is_found);
  g_test_add_func ("/keys/a file that is none is left alone", a_file_that_is_none_is_left_alone);
  g_test_add_func ("/keys/a store never goes on with another key in silence", a_store_never_goes_on_with_another_key_in_silence);
  g_test_add_func ("/keys/a protected store is served without a passphrase", a_protected_store_is_served_without_a_passphrase);
  g_test_add_func ("/keys/the file belongs to whoever has its folder", the_file_belongs_to_whoever_has_its_folder);
  g_test_add_func ("/keys/a key that is lost can be given up", a_key_that_is_lost_can_be_given_up);
  return g_test_run ();
}
