/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-journal.h"
#include "altm-test.h"

static guint
count_items (AltmJournal *journal)
{
  return g_list_model_get_n_items (G_LIST_MODEL (journal));
}

/* Only against one that never comes. */
#define GUARD_SECONDS 600

static gboolean
stop_waiting (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_for_items (AltmJournal *journal, guint n)
{
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add_seconds (GUARD_SECONDS, stop_waiting, &is_late);

  while (count_items (journal) != n && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_items (journal), ==, n);
  g_source_remove (timeout);
}

/* The entry at @position, once it is filled; its page stays in memory meanwhile. */
static AltmJournalEntry *
wait_for_entry (AltmJournal *journal, guint position)
{
  AltmJournalEntry *entry = g_list_model_get_item (G_LIST_MODEL (journal), position);
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add_seconds (GUARD_SECONDS, stop_waiting, &is_late);

  g_assert_nonnull (entry);
  while (!altm_journal_entry_is_loaded (entry) && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (altm_journal_entry_is_loaded (entry));
  g_source_remove (timeout);
  return entry;
}

static void
add_spread_contacts (AltmStore *store, int n)
{
  altm_test_add_contacts (store, n);
  altm_test_sql (store, "UPDATE lines SET time = seq * 1000000, bytes = CAST (replace (CAST (bytes AS TEXT),"
                        " '18:12:03.123', strftime ('%H:%M:%S.000', seq, 'unixepoch')) AS BLOB), sha256 = NULL");
}

static void
let_go (AltmJournal *journal)
{
  GWeakRef gone;

  g_weak_ref_init (&gone, journal);
  g_object_unref (journal);
  for (;;)
    {
      g_autoptr(GObject) object = g_weak_ref_get (&gone);

      if (object == NULL)
        break;
      g_clear_object (&object);
      g_main_context_iteration (NULL, TRUE);
    }
  g_weak_ref_clear (&gone);
}

static void
a_thousand_are_counted_and_listed_latest_first (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  static const guint positions[] = { 0, 1, 49, 50, 499, 500, 999 };
  AltmJournal *journal;

  add_spread_contacts (tablet->store, 1000);
  journal = altm_journal_new (tablet->path, FALSE);
  g_assert_cmpuint (count_items (journal), ==, 0);
  wait_for_items (journal, 1000);
  for (gsize i = 0; i < G_N_ELEMENTS (positions); i++)
    {
      g_autoptr(AltmJournalEntry) entry = wait_for_entry (journal, positions[i]);
      g_autofree char *sql = g_strdup_printf ("SELECT id FROM lines WHERE seq = %u", 1000 - positions[i]);
      g_autofree char *id = altm_test_sql_text (tablet->store, sql);

      g_assert_cmpstr (altm_journal_entry_get_id (entry), ==, id);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (journal), 1000));
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (journal)) == ALTM_TYPE_JOURNAL_ENTRY);
  let_go (journal);
}

static void
only_the_pages_near_stay_in_memory (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmJournal *journal;
  GWeakRef entries[20];
  guint n_alive = 0;

  altm_test_add_contacts (tablet->store, 1000);
  journal = altm_journal_new (tablet->path, FALSE);
  wait_for_items (journal, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr(AltmJournalEntry) entry = wait_for_entry (journal, i * 50);

      g_weak_ref_init (&entries[i], entry);
    }
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr(GObject) entry = g_weak_ref_get (&entries[i]);

      n_alive += entry != NULL;
      g_assert_true (entry == NULL || i >= 10);
      g_weak_ref_clear (&entries[i]);
    }
  g_assert_cmpuint (n_alive, >, 0);
  g_assert_cmpuint (n_alive, <=, 8);
  let_go (journal);
}

static void
the_same_entry_is_handed_out_again (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmJournal *journal;

  altm_test_add_contacts (tablet->store, 3);
  journal = altm_journal_new (tablet->path, FALSE);
  wait_for_items (journal, 3);
  {
    g_autoptr(AltmJournalEntry) one = wait_for_entry (journal, 1);
    g_autoptr(AltmJournalEntry) same = g_list_model_get_item (G_LIST_MODEL (journal), 1);

    g_assert_true (one == same);
  }
  let_go (journal);
}

static void
an_entry_is_there_before_it_is_filled (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmJournal *journal;
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);

  journal = altm_journal_new (tablet->path, FALSE);
  wait_for_items (journal, 1);
  {
    g_autoptr(AltmJournalEntry) entry = g_list_model_get_item (G_LIST_MODEL (journal), 0);
    gboolean is_notified = FALSE;
    gulong handler = g_signal_connect_swapped (entry, "notify::is-loaded", G_CALLBACK (stop_waiting), &is_notified);

    g_assert_false (altm_journal_entry_is_loaded (entry));
    g_assert_null (altm_journal_entry_get_id (entry));
    g_assert_null (altm_journal_entry_get_data (entry));
    while (!is_notified)
      g_main_context_iteration (NULL, TRUE);
    g_signal_handler_disconnect (entry, handler);
    g_assert_cmpstr (altm_journal_entry_get_id (entry), ==, id);
    g_assert_cmpstr (altm_journal_entry_get_record_type (entry), ==, "contact");
    g_assert_cmpstr (altm_journal_entry_get_place (entry), ==, ALTM_TEST_PLACE);
    g_assert_cmpint (altm_journal_entry_get_time (entry), ==, ALTM_TEST_NOW / 1000 * 1000);
    g_assert_cmpint (altm_journal_entry_get_state (entry), ==, ALTM_STATE_QUEUED);
    g_assert_null (altm_journal_entry_get_reason (entry));
    g_assert_false (altm_journal_entry_is_deleted (entry));
    altm_test_assert_json (altm_journal_entry_get_data (entry), ALTM_TEST_CONTACT);
  }
  let_go (journal);
}

static void
a_record_stands_once_in_its_latest_revision (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  AltmEntry entry = { .type = "contact", .id = id, .is_deleted = TRUE };
  AltmJournal *journal;

  g_assert_true (altm_outbox_add (tablet->store, &entry, 1, ALTM_TEST_NOW, NULL, NULL));
  journal = altm_journal_new (tablet->path, FALSE);
  wait_for_items (journal, 1);
  {
    g_autoptr(AltmJournalEntry) only = wait_for_entry (journal, 0);

    g_assert_true (altm_journal_entry_is_deleted (only));
    altm_test_assert_json (altm_journal_entry_get_data (only), ALTM_TEST_CONTACT);
  }
  let_go (journal);
}

static void
each_state_is_shown_with_its_reason (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  static const AltmState states[] = { ALTM_STATE_QUEUED, ALTM_STATE_QUARANTINED, ALTM_STATE_ACKNOWLEDGED };
  const AltmVerdict taken = { NULL }, refused = { "unknown-code", "public: x" };
  AltmJournal *journal;

  altm_test_add_contacts (tablet->store, 1);
  altm_test_settle (tablet->store, &taken);
  altm_test_add_contacts (tablet->store, 1);
  altm_test_settle (tablet->store, &refused);
  altm_test_add_contacts (tablet->store, 1);
  journal = altm_journal_new (tablet->path, FALSE);
  wait_for_items (journal, 3);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr(AltmJournalEntry) entry = wait_for_entry (journal, i);
      gboolean is_refused = states[i] == ALTM_STATE_QUARANTINED;

      g_assert_cmpint (altm_journal_entry_get_state (entry), ==, states[i]);
      g_assert_cmpstr (altm_journal_entry_get_reason (entry), ==, is_refused ? "unknown-code" : NULL);
      g_assert_cmpstr (altm_journal_entry_get_detail (entry), ==, is_refused ? "public: x" : NULL);
    }
  let_go (journal);
}

static void
only_what_was_refused_can_be_listed (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict refused = { "unknown-code", "public: x" };
  AltmJournal *journal;

  altm_test_add_contacts (tablet->store, 2);
  altm_test_settle (tablet->store, &refused);
  altm_test_add_contacts (tablet->store, 5);
  journal = altm_journal_new (tablet->path, TRUE);
  wait_for_items (journal, 2);
  {
    g_autoptr(AltmJournalEntry) first = wait_for_entry (journal, 0);
    g_autofree char *id = altm_test_sql_text (tablet->store, "SELECT id FROM lines WHERE seq = 2");

    g_assert_cmpstr (altm_journal_entry_get_id (first), ==, id);
  }
  let_go (journal);
}

static void
note_change (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  g_string_append_printf (data, "%u-%u+%u ", position, removed, added);
}

static void
a_refresh_shows_what_was_added (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GString) changes = g_string_new (NULL);
  AltmJournal *journal;
  g_autofree char *id = NULL;

  altm_test_add_contacts (tablet->store, 3);
  journal = altm_journal_new (tablet->path, FALSE);
  wait_for_items (journal, 3);
  g_signal_connect (journal, "items-changed", G_CALLBACK (note_change), changes);
  id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  altm_journal_refresh (journal);
  wait_for_items (journal, 4);
  g_assert_cmpstr (changes->str, ==, "0-0+1 ");
  {
    g_autoptr(AltmJournalEntry) first = wait_for_entry (journal, 0);

    g_assert_cmpstr (altm_journal_entry_get_id (first), ==, id);
  }
  let_go (journal);
}

/* Refreshes that are asked for while another is under way must not be lost. */
static void
the_last_of_several_refreshes_counts (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  AltmJournal *journal = altm_journal_new (tablet->path, FALSE);

  for (guint i = 0; i < 20; i++)
    {
      altm_test_add_contacts (tablet->store, 1);
      altm_journal_refresh (journal);
      g_usleep (2000);
    }
  wait_for_items (journal, 20);
  let_go (journal);
}

static void
a_refresh_shows_new_states (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  const AltmVerdict taken = { NULL };
  AltmJournal *journal;
  g_autoptr(GString) changes = g_string_new (NULL);

  altm_test_add_contacts (tablet->store, 1);
  journal = altm_journal_new (tablet->path, FALSE);
  wait_for_items (journal, 1);
  g_object_unref (wait_for_entry (journal, 0));
  altm_test_settle (tablet->store, &taken);
  g_signal_connect (journal, "items-changed", G_CALLBACK (note_change), changes);
  altm_journal_refresh (journal);
  while (changes->len == 0)
    g_main_context_iteration (NULL, TRUE);
  {
    g_autoptr(AltmJournalEntry) entry = wait_for_entry (journal, 0);

    g_assert_cmpint (altm_journal_entry_get_state (entry), ==, ALTM_STATE_ACKNOWLEDGED);
  }
  let_go (journal);
}

static void
keep_error_cb (AltmJournal *journal, const GError *error, GError **kept)
{
  *kept = g_error_copy (error);
}

static void
a_store_that_is_not_there_is_told (void)
{
  g_autofree char *folder = altm_test_make_folder ();
  g_autoptr(AltmJournal) journal = altm_journal_new (folder, FALSE);
  g_autoptr(GError) error = NULL;

  g_signal_connect (journal, "failed", G_CALLBACK (keep_error_cb), &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
  altm_test_remove (folder);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/journal/order", a_thousand_are_counted_and_listed_latest_first);
  g_test_add_func ("/journal/pages", only_the_pages_near_stay_in_memory);
  g_test_add_func ("/journal/same", the_same_entry_is_handed_out_again);
  g_test_add_func ("/journal/filled", an_entry_is_there_before_it_is_filled);
  g_test_add_func ("/journal/latest", a_record_stands_once_in_its_latest_revision);
  g_test_add_func ("/journal/states", each_state_is_shown_with_its_reason);
  g_test_add_func ("/journal/quarantined", only_what_was_refused_can_be_listed);
  g_test_add_func ("/journal/refresh", a_refresh_shows_what_was_added);
  g_test_add_func ("/journal/refresh/several", the_last_of_several_refreshes_counts);
  g_test_add_func ("/journal/refresh/states", a_refresh_shows_new_states);
  g_test_add_func ("/journal/missing", a_store_that_is_not_there_is_told);
  return g_test_run ();
}
