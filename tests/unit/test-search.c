/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "altm-search.h"
#include "altm-test.h"
#include "altm-wipe.h"

#define CONFLICT                                                                                                             \
  "{'channel':'espace_public','register':'situations_conflictuelles','public':'habitant','people':2,'themes':['conflit_voisinage'],'result':'%s'}"

static void
index_all (AltmStore *store)
{
  gboolean is_done = FALSE;
  g_autoptr(GError) error = NULL;

  while (!is_done)
    {
      g_assert_true (altm_search_step (store, &is_done, &error));
      g_assert_no_error (error);
    }
}

/* How many records @text finds; -1 where the index can't say. */
static int
find (AltmStore *store, const char *text)
{
  g_autoptr(AltmSearch) search = altm_search_new (text, ALTM_TEST_NOW);
  g_autoptr(GArray) seqs = NULL;

  g_assert_nonnull (search);
  seqs = altm_search_find (store, search, NULL);
  return seqs == NULL ? -1 : (int) seqs->len;
}

static void
add_at (AltmStore *store, const char *at)
{
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  const AltmEntry entry = { .type = "contact", .at = at, .place = ALTM_TEST_PLACE, .data = data };
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_outbox_add (store, &entry, 1, ALTM_TEST_NOW, NULL, &error));
  g_assert_no_error (error);
}

static char *
revise (AltmStore *store, const char *id, const char *data)
{
  g_autoptr(json_t) value = data == NULL ? NULL : altm_test_json (data);
  const AltmEntry entry = { .type = "contact", .id = id, .is_deleted = data == NULL, .data = value };
  g_auto(GStrv) ids = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_outbox_add (store, &entry, 1, ALTM_TEST_NOW, &ids, &error));
  g_assert_no_error (error);
  return g_strdup (ids[0]);
}

/* The label of the list, as it is today, says what is to be found. */
static void
assert_label_is_found (AltmStore *store, const char *list, const char *code, const char *language)
{
  g_assert_cmpint (find (store, altm_lists_get_label (altm_store_get_lists (store), list, code, language)), >=, 1);
}

static void
add_conflict (AltmStore *store, const char *result, char **id)
{
  g_autofree char *data = g_strdup_printf (CONFLICT, result);

  *id = revise (store, NULL, data);
}

static void
labels_and_places_are_found (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = NULL;

  add_conflict (tablet->store, "apaise", &id);
  add_at (tablet->store, "2026-11-23T10:00:00+01:00");
  index_all (tablet->store);
  assert_label_is_found (tablet->store, "theme", "conflit_voisinage", "fr");
  assert_label_is_found (tablet->store, "theme", "conflit_voisinage", "en");
  assert_label_is_found (tablet->store, "resultat", "apaise", "fr");
  g_assert_cmpint (find (tablet->store, "voisinage"), ==, 1);
  g_assert_cmpint (find (tablet->store, "intervention"), ==, 2);
  g_assert_cmpint (find (tablet->store, "venissieux"), ==, 1);
  g_assert_cmpint (find (tablet->store, "voisinage venissieux"), ==, 0);
  g_assert_cmpint (find (tablet->store, "bibliothèque"), ==, 0);
}

static void
accents_and_case_do_not_matter_and_a_beginning_does (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  static const char *const texts[] = { "VÉNISSIEUX", "venissieux", "Vénis", "veni", "v", "Ve\u0301nissieux" };

  add_at (tablet->store, "2026-11-23T10:00:00+01:00");
  index_all (tablet->store);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (find (tablet->store, texts[i]), ==, 1);
  g_assert_cmpint (find (tablet->store, "enissieux"), ==, 0);
}

/* What FTS5 would take for its own is only text here. */
static void
what_is_typed_is_never_a_query_of_sqlite (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  static const char *const texts[] = { "\"", "* v", "v OR (", "text:v", "NEAR(v", "v\" OR \"x", "-v", "^v" };

  add_at (tablet->store, "2026-11-23T10:00:00+01:00");
  index_all (tablet->store);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(AltmSearch) search = altm_search_new (texts[i], ALTM_TEST_NOW);

      if (search != NULL)
        g_assert_cmpint (find (tablet->store, texts[i]), >=, 0);
    }
  g_assert_null (altm_search_new (" \"… ", ALTM_TEST_NOW));
}

static void
days_are_found_in_every_way_of_writing_them (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  static const struct
  {
    const char *text;
    int n;
  } days[] = {
    { "mardi 24 novembre", 2 }, { "24/11/2026", 2 }, { "24/11", 2 },     { "2026-11-24", 2 }, { "aujourd’hui", 2 },
    { "aujourd'hui", 2 },       { "aujour", 2 },     { "today", 2 },     { "hier", 1 },       { "Yesterday", 1 },
    { "lundi 23", 1 },          { "2", 1 },          { "24", 2 },        { "décembre", 1 },   { "2 decembre 2025", 1 },
    { "avant-hier", 0 },        { "31/02/2026", 0 }, { "tuesday", 3 },   { "hier venissieux", 1 },
  };

  add_at (tablet->store, "2026-11-24T00:00:00+01:00");
  add_at (tablet->store, "2026-11-24T23:59:59+01:00");
  add_at (tablet->store, "2026-11-23T23:59:59+01:00");
  add_at (tablet->store, "2025-12-02T12:00:00+01:00");
  index_all (tablet->store);
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    {
      g_test_message ("%s", days[i].text);
      g_assert_cmpint (find (tablet->store, days[i].text), ==, days[i].n);
    }
}

static void
a_corrected_record_is_found_by_what_it_is_now (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = NULL, *again = NULL;

  add_conflict (tablet->store, "apaise", &id);
  index_all (tablet->store);
  again = revise (tablet->store, id, ALTM_TEST_CONTACT);
  g_assert_cmpint (find (tablet->store, "voisinage"), ==, 0);
  index_all (tablet->store);
  g_assert_cmpint (find (tablet->store, "voisinage"), ==, 0);
  g_assert_cmpint (find (tablet->store, "habitant"), ==, 1);
}

static void
a_withdrawn_record_is_found_as_such_alone (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = NULL, *again = NULL;

  add_conflict (tablet->store, "apaise", &id);
  again = revise (tablet->store, id, NULL);
  index_all (tablet->store);
  g_assert_cmpint (find (tablet->store, "voisinage"), ==, 0);
  g_assert_cmpint (find (tablet->store, "retirée"), ==, 1);
}

static char *
get_path (AltmTestStore *tablet)
{
  return g_build_filename (tablet->path, ALTM_SEARCH_FILE, NULL);
}

static void
a_missing_index_is_made_anew (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *path = get_path (tablet);

  add_at (tablet->store, "2026-11-24T12:00:00+01:00");
  g_assert_cmpint (find (tablet->store, "habitant"), ==, -1);
  index_all (tablet->store);
  g_assert_cmpint (find (tablet->store, "habitant"), ==, 1);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (find (tablet->store, "habitant"), ==, -1);
  index_all (tablet->store);
  g_assert_cmpint (find (tablet->store, "habitant"), ==, 1);
}

/* Every page of it but the first turns to nonsense: that costs the index, and no record. */
static void
a_damaged_index_costs_no_record (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *path = get_path (tablet);
  g_autofree char *contents = NULL;
  gboolean is_done = FALSE;
  gsize length = 0;

  add_at (tablet->store, "2026-11-24T12:00:00+01:00");
  index_all (tablet->store);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  memset (contents + 1024, 0xaa, length - 1024);
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
  g_assert_cmpint (find (tablet->store, "habitant"), ==, -1);
  add_at (tablet->store, "2026-11-24T13:00:00+01:00");
  g_assert_false (altm_search_step (tablet->store, &is_done, NULL));
  index_all (tablet->store);
  g_assert_cmpint (find (tablet->store, "habitant"), ==, 2);
}

static void
it_is_made_in_small_steps (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  gboolean is_done = TRUE;

  altm_test_add_contacts (tablet->store, 500);
  g_assert_true (altm_search_step (tablet->store, &is_done, NULL));
  g_assert_false (is_done);
  g_assert_cmpint (find (tablet->store, "habitant"), <, 500);
  index_all (tablet->store);
  g_assert_cmpint (find (tablet->store, "habitant"), ==, 500);
}

static void
it_holds_nothing_private (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *id = altm_test_add_note (tablet->store, NULL, "Pervenche");

  g_assert_nonnull (id);
  index_all (tablet->store);
  g_assert_cmpint (find (tablet->store, "pervenche"), ==, 0);
  g_assert_false (altm_test_holds (tablet->path, "pervenche"));
}

static void
a_tablet_that_is_wiped_has_none (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *path = get_path (tablet);
  gboolean is_done = FALSE;

  add_at (tablet->store, "2026-11-24T12:00:00+01:00");
  index_all (tablet->store);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (altm_wipe_keys (tablet->store, ALTM_TEST_NOW, NULL));
  altm_test_settle (tablet->store, &(AltmVerdict){ NULL, NULL });
  g_assert_true (altm_wipe_empty (tablet->store, ALTM_TEST_NOW, NULL));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (altm_search_step (tablet->store, &is_done, NULL));
  g_assert_true (is_done);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/search/labels", labels_and_places_are_found);
  g_test_add_func ("/search/accents", accents_and_case_do_not_matter_and_a_beginning_does);
  g_test_add_func ("/search/text", what_is_typed_is_never_a_query_of_sqlite);
  g_test_add_func ("/search/days", days_are_found_in_every_way_of_writing_them);
  g_test_add_func ("/search/corrected", a_corrected_record_is_found_by_what_it_is_now);
  g_test_add_func ("/search/withdrawn", a_withdrawn_record_is_found_as_such_alone);
  g_test_add_func ("/search/missing", a_missing_index_is_made_anew);
  g_test_add_func ("/search/damaged", a_damaged_index_costs_no_record);
  g_test_add_func ("/search/steps", it_is_made_in_small_steps);
  g_test_add_func ("/search/private", it_holds_nothing_private);
  g_test_add_func ("/search/wiped", a_tablet_that_is_wiped_has_none);
  return g_test_run ();
}
