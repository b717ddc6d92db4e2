/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-test.h"
#include "altm-training.h"
#include "altm-wipe.h"

#define NOTE "une note pour s'exercer"

/* A tablet with two real contacts, and one in training. */
typedef struct
{
  AltmTestStore *tablet;
  AltmSealPair *hq;
  AltmStore *training;
} Class;

static AltmStore *
open_training (Class *self)
{
  g_autoptr(GError) error = NULL;
  AltmStore *training = altm_training_open (self->tablet->path, altm_store_get_lists (self->tablet->store), &error);

  g_assert_no_error (error);
  return training;
}

static void
set_up (Class *self, gconstpointer data)
{
  g_autofree char *id = NULL;

  self->tablet = altm_test_store_new ();
  self->hq = altm_test_enrol_locally (self->tablet);
  altm_test_add_contacts (self->tablet->store, 2);
  self->training = open_training (self);
  id = altm_test_add_note (self->training, NULL, NOTE);
}

static void
tear_down (Class *self, gconstpointer data)
{
  altm_store_close (self->training);
  altm_seal_pair_free (self->hq);
  altm_test_store_free (self->tablet);
}

static void
assert_real (Class *self)
{
  AltmOutboxSummary summary = altm_test_summary (self->tablet->store);

  g_assert_cmpint (summary.queued, ==, 2);
}

static void
test_apart (Class *self, gconstpointer data)
{
  static const char *const enrolment[] = { "device_id", "token", "url", "ca", "epoch", "install_id" };
  AltmOutboxSummary summary = altm_test_summary (self->training);

  assert_real (self);
  g_assert_cmpint (summary.queued, ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (enrolment); i++)
    {
      g_autofree char *value = altm_store_get_setting (self->training, enrolment[i]);

      g_assert_null (value);
    }
  altm_test_add_contacts (self->tablet->store, 1);
  summary = altm_test_summary (self->training);
  g_assert_cmpint (summary.queued, ==, 1);
}

/* Private text is sealed to a key that nobody has: not HQ's, and another one at each opening. */
static void
test_private (Class *self, gconstpointer data)
{
  g_autofree char *first = altm_store_get_setting (self->training, "seal_key");
  g_autofree char *second = NULL;

  g_assert_false (altm_test_holds (self->tablet->path, NOTE));
  g_assert_cmpstr (first, !=, altm_seal_pair_get_key (self->hq));
  altm_store_close (g_steal_pointer (&self->training));
  self->training = open_training (self);
  second = altm_store_get_setting (self->training, "seal_key");
  g_assert_cmpstr (first, !=, second);
}

static void
test_lists (Class *self, gconstpointer data)
{
  g_autoptr(json_t) root = json_deep_copy (altm_lists_get_root (altm_store_get_lists (self->tablet->store)));
  g_autoptr(GError) error = NULL;

  json_object_set_new (root, "mediators", altm_test_value ("[{'code':'m-17','name':'Claire','active':true}]"));
  altm_store_set_lists (self->tablet->store, root, &error);
  g_assert_no_error (error);
  altm_store_close (g_steal_pointer (&self->training));
  self->training = open_training (self);
  g_assert_nonnull (altm_lists_find_mediator (altm_store_get_lists (self->training), "m-17"));
}

/* However the program ended: what says that training goes on is on the disk. */
static void
test_goes_on (Class *self, gconstpointer data)
{
  AltmOutboxSummary summary;

  altm_store_close (g_steal_pointer (&self->training));
  g_assert_true (altm_training_is_on (self->tablet->path));
  self->training = open_training (self);
  summary = altm_test_summary (self->training);
  g_assert_cmpint (summary.queued, ==, 1);
  assert_real (self);
}

static gboolean
has (Class *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->tablet->path, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
end_training (Class *self)
{
  g_autoptr(GError) error = NULL;

  altm_training_end (self->tablet->path, &error);
  g_assert_no_error (error);
  g_assert_false (altm_training_is_on (self->tablet->path));
}

/* It may end while it is open still: then what is recorded a moment later goes with it. */
static void
test_ends (Class *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  end_training (self);
  altm_test_add_contacts (self->training, 1);
  g_assert_false (altm_training_is_on (self->tablet->path));
  altm_store_close (g_steal_pointer (&self->training));
  altm_training_sweep (self->tablet->path, &error);
  g_assert_no_error (error);
  g_assert_false (has (self, "training-ended"));
  assert_real (self);
  altm_test_store_close (self->tablet);
  altm_test_store_open (self->tablet);
  assert_real (self);
}

/* One that was not removed is not in the way of the next, and gives nothing to it. */
static void
test_again (Class *self, gconstpointer data)
{
  AltmOutboxSummary summary;

  altm_store_close (g_steal_pointer (&self->training));
  end_training (self);
  g_assert_true (has (self, "training-ended"));
  self->training = open_training (self);
  summary = altm_test_summary (self->training);
  g_assert_cmpint (summary.queued, ==, 0);
  end_training (self);
  end_training (self);
}

static void
test_wiped (Class *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  altm_store_close (g_steal_pointer (&self->training));
  altm_test_sql (self->tablet->store, "UPDATE lines SET state = 1");
  altm_wipe_empty (self->tablet->store, ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  g_assert_false (has (self, ALTM_TRAINING_FOLDER));
}

static void
add (const char *name, void (*test) (Class *self, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/training/", name, NULL);

  g_test_add (path, Class, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  add ("apart", test_apart);
  add ("private", test_private);
  add ("lists", test_lists);
  add ("goes-on", test_goes_on);
  add ("ends", test_ends);
  add ("again", test_again);
  add ("wiped", test_wiped);
  return g_test_run ();
}
