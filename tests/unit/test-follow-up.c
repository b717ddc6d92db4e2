/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-copies.h"
#include "altm-day.h"
#include "altm-follow-ups.h"
#include "altm-latest.h"
#include "altm-news.h"
#include "altm-test.h"
#include "altm-time.h"

#define PARIS "Europe/Paris"
#define MADE "2026-11-10T18:00:00.000+01:00"
#define REFERRAL "{'structure_type':'ccas','status':'transmise','consent':true,'consent_of':'personne','reference':'K7P4'}"

static gint64
at (const char *text)
{
  gint64 time = 0;

  g_assert_true (altm_time_parse (text, &time));
  return time;
}

/* A referral made at MADE, with what @more says besides; returns its id. */
static char *
refer_at (AltmStore *store, const char *made, const char *more, json_t *private)
{
  g_autoptr(json_t) data = altm_test_json (REFERRAL);
  g_autoptr(json_t) besides = altm_test_json (more);
  const AltmEntry entry = { .type = "referral", .at = made, .place = ALTM_TEST_PLACE, .data = data, .private = private };
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) ids = NULL;

  json_object_update (data, besides);
  altm_outbox_add (store, &entry, 1, at (made), &ids, &error);
  g_assert_no_error (error);
  return g_strdup (ids[0]);
}

static char *
refer (AltmStore *store, const char *more)
{
  return refer_at (store, MADE, more, NULL);
}

/* HQ has all that is queued, at that instant. */
static void
acknowledge (AltmStore *store, gint64 now)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) lines = altm_outbox_take (store, 100, 1 << 20, &error);
  g_autofree AltmVerdict *verdicts = g_new0 (AltmVerdict, lines->len);

  g_assert_no_error (error);
  altm_outbox_settle (store, lines, verdicts, now, &error);
  g_assert_no_error (error);
}

/* HQ sets a status by its clock, and the tablet hears of it. */
static void
hear (AltmStore *store, const char *news, const char *record, const char *status, const char *set)
{
  g_autoptr(json_t) items = json_pack ("[{s:s, s:s, s:s, s:s, s:s}]", "id", news, "kind", "referral", "at", set, "record",
                                       record, "status", status);
  g_autoptr(GError) error = NULL;

  altm_news_take (store, items, "cursor", at (set) + G_TIME_SPAN_MINUTE, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list_with (AltmStore *store, gint64 skew, const char *now)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (PARIS);
  g_autoptr(GError) error = NULL;
  g_autofree char *ahead = g_strdup_printf ("%" G_GINT64_FORMAT, skew);
  GPtrArray *list;

  altm_store_set_setting (store, "skew", ahead, &error);
  g_assert_no_error (error);
  list = altm_follow_up_list (store, at (now), zone, &error);
  g_assert_no_error (error);
  return list;
}

static GPtrArray *
list (AltmStore *store, const char *now)
{
  return list_with (store, 0, now);
}

static void
change (AltmStore *store, const char *id, const char *status, const char *due, const char *now)
{
  const AltmFollowUpChange said = { .status = status, .due = due };
  g_autoptr(GError) error = NULL;

  altm_follow_up_change (store, id, &said, at (now), &error);
  g_assert_no_error (error);
}

/* The one referral that there is: its kind, and how many days there are to its day. */
static void
assert_due (AltmStore *store, const char *now, AltmFollowUpKind kind, int days)
{
  g_autoptr(GPtrArray) found = list (store, now);
  const AltmFollowUp *referral = found->pdata[0];

  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpint (referral->kind, ==, kind);
  g_assert_cmpint (referral->days, ==, days);
}

static void
it_is_due_on_its_day (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{'due':'2026-11-20'}");

  assert_due (tablet->store, "2026-11-17T12:00:00+01:00", ALTM_FOLLOW_UP_LATER, 3);
  assert_due (tablet->store, "2026-11-19T23:59:59+01:00", ALTM_FOLLOW_UP_LATER, 1);
  assert_due (tablet->store, "2026-11-20T00:00:00+01:00", ALTM_FOLLOW_UP_TODAY, 0);
  assert_due (tablet->store, "2026-11-20T23:59:59+01:00", ALTM_FOLLOW_UP_TODAY, 0);
  assert_due (tablet->store, "2026-11-21T00:00:00+01:00", ALTM_FOLLOW_UP_OVERDUE, -1);
}

static void
without_a_day_it_is_due_after_two_weeks (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{}");

  g_assert_cmpint (ALTM_FOLLOW_UP_DAYS, ==, 14);
  assert_due (tablet->store, "2026-11-23T12:00:00+01:00", ALTM_FOLLOW_UP_LATER, 1);
  assert_due (tablet->store, "2026-11-24T07:00:00+01:00", ALTM_FOLLOW_UP_TODAY, 0);
  assert_due (tablet->store, "2026-11-27T07:00:00+01:00", ALTM_FOLLOW_UP_OVERDUE, -3);
}

/* On 25 October 2026 the day has 25 hours in Paris, on 29 March 2026 it has 23. */
static void
days_are_those_of_the_calendar (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer_at (tablet->store, "2026-10-11T23:30:00.000+02:00", "{}", NULL);

  assert_due (tablet->store, "2026-10-24T23:59:59+02:00", ALTM_FOLLOW_UP_LATER, 1);
  assert_due (tablet->store, "2026-10-25T00:00:00+02:00", ALTM_FOLLOW_UP_TODAY, 0);
  assert_due (tablet->store, "2026-10-25T23:59:59+01:00", ALTM_FOLLOW_UP_TODAY, 0);
  assert_due (tablet->store, "2026-10-26T00:00:00+01:00", ALTM_FOLLOW_UP_OVERDUE, -1);
}

static void
a_week_over_the_change_of_hour_is_seven_days (void)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (PARIS);
  g_autofree char *autumn = altm_follow_up_format_day (at ("2026-10-24T23:30:00+02:00"), 7, zone);
  g_autofree char *spring = altm_follow_up_format_day (at ("2026-03-28T23:30:00+01:00"), 1, zone);
  g_autofree char *today = altm_follow_up_format_day (at ("2026-03-29T22:30:00Z"), 0, zone);

  g_assert_cmpstr (autumn, ==, "2026-10-31");
  g_assert_cmpstr (spring, ==, "2026-03-29");
  g_assert_cmpstr (today, ==, "2026-03-30");
}

static void
what_is_known_is_closed (void)
{
  static const struct
  {
    const char *status;
    gboolean is_closed;
  } cases[] = {
    { "proposee", FALSE },       { "acceptee", FALSE },   { "transmise", FALSE },  { "non_honoree", FALSE },
    { "prise_en_charge", TRUE }, { "sans_retour", TRUE }, { "refusee", TRUE },     { "close", TRUE },
    { "from-a-later-list", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (altm_follow_up_is_closed (cases[i].status), ==, cases[i].is_closed);
}

static void
what_is_due_longest_comes_first (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  static const char *const more[] = { "{'due':'2026-11-30','reference':'D'}", "{'status':'close','reference':'E'}",
                                      "{'due':'2026-11-20','reference':'B'}", "{'due':'2026-11-24','reference':'C'}",
                                      "{'due':'2026-11-12','reference':'A'}" };
  g_autoptr(GPtrArray) found = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (more); i++)
    g_free (refer (tablet->store, more[i]));
  found = list (tablet->store, "2026-11-24T12:00:00+01:00");
  g_assert_cmpuint (found->len, ==, 5);
  for (guint i = 0; i < found->len; i++)
    g_assert_cmpint (((AltmFollowUp *) found->pdata[i])->reference[0], ==, 'A' + (int) i);
}

static void
only_referrals_that_stand_are_listed (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *withdrawn = refer (tablet->store, "{}");
  g_autofree char *contact = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  const AltmEntry entry = { .type = "referral", .id = withdrawn, .is_deleted = TRUE };
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(GError) error = NULL;

  altm_outbox_add (tablet->store, &entry, 1, ALTM_TEST_NOW, NULL, &error);
  g_assert_no_error (error);
  found = list (tablet->store, "2026-11-24T12:00:00+01:00");
  g_assert_cmpuint (found->len, ==, 0);
}

static void
assert_word (AltmStore *store, gint64 skew, const char *status, const char *hq_status, gboolean is_newer)
{
  g_autoptr(GPtrArray) found = list_with (store, skew, "2026-11-24T12:00:00+01:00");
  const AltmFollowUp *referral = found->pdata[0];

  g_assert_cmpstr (referral->status, ==, status);
  g_assert_cmpstr (referral->hq_status, ==, hq_status);
  g_assert_cmpint (referral->is_hq_newer, ==, is_newer);
}

static void
the_last_word_counts (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{}");

  acknowledge (tablet->store, at ("2026-11-10T19:00:00+01:00"));
  assert_word (tablet->store, 0, "transmise", NULL, FALSE);
  hear (tablet->store, "n-1", id, "non_honoree", "2026-11-12T10:00:00+01:00");
  hear (tablet->store, "n-2", id, "prise_en_charge", "2026-11-13T10:00:00+01:00");
  assert_word (tablet->store, 0, "prise_en_charge", "prise_en_charge", TRUE);
  assert_due (tablet->store, "2026-11-27T07:00:00+01:00", ALTM_FOLLOW_UP_CLOSED, -3);
  change (tablet->store, id, "close", NULL, "2026-11-14T10:00:00+01:00");
  assert_word (tablet->store, 0, "close", "prise_en_charge", FALSE);
  acknowledge (tablet->store, at ("2026-11-14T11:00:00+01:00"));
  assert_word (tablet->store, 0, "close", "prise_en_charge", FALSE);
}

/* What HQ set first came last, over a bad road. */
static void
news_out_of_order_are_put_in_order (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{}");

  acknowledge (tablet->store, at ("2026-11-10T19:00:00+01:00"));
  hear (tablet->store, "n-2", id, "prise_en_charge", "2026-11-13T10:00:00+01:00");
  hear (tablet->store, "n-1", id, "non_honoree", "2026-11-12T10:00:00+01:00");
  assert_word (tablet->store, 0, "prise_en_charge", "prise_en_charge", TRUE);
}

/* The tablet's clock is two hours ahead: by it, HQ's word of 18:30 was said at 20:30, after the receipt of 19:00. */
static void
a_skewed_clock_is_allowed_for (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{}");

  acknowledge (tablet->store, at ("2026-11-10T19:00:00+01:00"));
  hear (tablet->store, "n-1", id, "prise_en_charge", "2026-11-10T18:30:00+01:00");
  assert_word (tablet->store, 0, "transmise", "prise_en_charge", FALSE);
  assert_word (tablet->store, 2 * G_TIME_SPAN_HOUR, "prise_en_charge", "prise_en_charge", TRUE);
}

static void
news_that_are_not_right_do_no_harm (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{}");
  g_autoptr(json_t) items = altm_test_value ("[{'id':'a','kind':'referral'},{'id':'b','kind':'referral','record':5,'status':5},"
                                             "{'id':'c','kind':'referral','record':'elsewhere','status':'close'}]");
  g_autoptr(GError) error = NULL;

  altm_news_take (tablet->store, items, "cursor", ALTM_TEST_NOW, &error);
  g_assert_no_error (error);
  assert_word (tablet->store, 0, "transmise", NULL, FALSE);
}

static void
news_are_new_for_two_days (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{}");
  g_autoptr(GPtrArray) found = NULL;

  acknowledge (tablet->store, at ("2026-11-10T19:00:00+01:00"));
  hear (tablet->store, "n-1", id, "prise_en_charge", "2026-11-13T10:00:00+01:00");
  found = list (tablet->store, "2026-11-15T09:59:00+01:00");
  g_assert_true (altm_follow_up_is_news (found->pdata[0], at ("2026-11-15T09:59:00+01:00")));
  g_assert_false (altm_follow_up_is_news (found->pdata[0], at ("2026-11-15T10:00:00+01:00")));
  g_assert_false (altm_follow_up_is_due (found->pdata[0]));
}

/* No key is at hand: what names the person is as it was, and so are the agreement and all the rest. */
static void
a_change_keeps_the_person (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autoptr(AltmSealPair) pair = altm_test_set_lock (tablet->store);
  g_autoptr(json_t) private = altm_test_json ("{'name':'Introuvable'}");
  g_autofree char *id = refer_at (tablet->store, MADE, "{}", private);
  g_autoptr(AltmLatest) latest = NULL;
  g_autoptr(json_t) read = NULL;
  g_autoptr(GError) error = NULL;
  AltmCopyState state;

  change (tablet->store, id, "prise_en_charge", NULL, "2026-11-14T10:00:00+01:00");
  latest = altm_latest_load (tablet->store, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (latest->line.rev, ==, 2);
  g_assert_false (latest->line.has_private);
  g_assert_cmpstr (latest->line.at, ==, MADE);
  g_assert_cmpstr (latest->line.place, ==, ALTM_TEST_PLACE);
  altm_test_assert_json (latest->line.data, "{'structure_type':'ccas','status':'prise_en_charge','consent':true,"
                                            "'consent_of':'personne','reference':'K7P4'}");
  read = altm_copies_load (tablet->store, id, pair, &state, &error);
  g_assert_no_error (error);
  altm_test_assert_json (read, "{'name':'Introuvable'}");
}

static void
moving_the_day_keeps_what_hq_set (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{}");
  g_autoptr(AltmLatest) latest = NULL;
  g_autoptr(GError) error = NULL;

  acknowledge (tablet->store, at ("2026-11-10T19:00:00+01:00"));
  hear (tablet->store, "n-1", id, "non_honoree", "2026-11-13T10:00:00+01:00");
  change (tablet->store, id, NULL, "2026-12-01", "2026-11-24T10:00:00+01:00");
  latest = altm_latest_load (tablet->store, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (altm_json_get_string (latest->line.data, "status"), ==, "non_honoree");
  g_assert_cmpstr (altm_json_get_string (latest->line.data, "due"), ==, "2026-12-01");
  assert_due (tablet->store, "2026-11-24T10:00:00+01:00", ALTM_FOLLOW_UP_LATER, 7);
}

/* Neither by a name that is added, nor by another structure. */
static void
what_is_about_something_else_keeps_what_hq_set (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(AltmSealPair) hq = altm_test_enrol_locally (tablet);
  g_autofree char *id = refer (tablet->store, "{'structure':'adil-42218-01'}");
  g_autoptr(json_t) private = altm_test_value ("{'name':'Introuvable'}");
  const AltmFollowUpChange said = { .structure_type = "ccas" };
  g_autoptr(AltmLatest) named = NULL;
  g_autoptr(AltmLatest) latest = NULL;
  g_autoptr(GError) error = NULL;

  acknowledge (tablet->store, at ("2026-11-10T19:00:00+01:00"));
  hear (tablet->store, "n-1", id, "non_honoree", "2026-11-13T10:00:00+01:00");
  altm_latest_set_private (tablet->store, id, private, NULL, at ("2026-11-24T10:00:00+01:00"), &error);
  g_assert_no_error (error);
  named = altm_latest_load (tablet->store, id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (altm_json_get_string (named->line.data, "status"), ==, "non_honoree");
  altm_follow_up_change (tablet->store, id, &said, at ("2026-11-24T10:01:00+01:00"), &error);
  g_assert_no_error (error);
  latest = altm_latest_load (tablet->store, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (latest->line.rev, ==, 3);
  g_assert_cmpstr (altm_json_get_string (latest->line.data, "status"), ==, "non_honoree");
  g_assert_cmpstr (altm_json_get_string (latest->line.data, "structure_type"), ==, "ccas");
  g_assert_null (json_object_get (latest->line.data, "structure"));
}

static void
what_is_no_referral_is_not_changed (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = altm_test_add (tablet->store, "contact", ALTM_TEST_CONTACT);
  const AltmFollowUpChange said = { .status = "close" };
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_follow_up_change (tablet->store, id, &said, ALTM_TEST_NOW, &error));
  g_assert_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_MISSING);
}

/* The last hour of a day of 25 is still of that day. */
static void
a_day_is_counted_from_midnight_to_midnight (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (PARIS);
  static const char *const made[] = { "2026-10-24T23:59:59.000+02:00", "2026-10-25T00:00:00.000+02:00",
                                      "2026-10-25T23:59:59.000+01:00", "2026-10-26T00:00:00.000+01:00" };
  AltmDay day;

  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    g_free (refer_at (tablet->store, made[i], "{}", NULL));
  altm_day_load (tablet->store, at ("2026-10-25T12:00:00+01:00"), zone, &day);
  g_assert_cmpint (day.referrals, ==, 2);
  g_assert_cmpint (day.contacts, ==, 0);
  g_assert_cmpint (day.clients, ==, 0);
}

static void
quit_cb (AltmFollowUps *follow_ups, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static void
a_reading_thread_finds_them (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autofree char *id = refer (tablet->store, "{'due':'2026-11-12'}");
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(AltmFollowUps) follow_ups = altm_follow_ups_new (tablet->path);

  g_assert_cmpuint (altm_follow_ups_get_list (follow_ups)->len, ==, 0);
  g_signal_connect (follow_ups, "changed", G_CALLBACK (quit_cb), loop);
  altm_follow_ups_refresh (follow_ups, at ("2026-11-24T12:00:00+01:00"));
  g_main_loop_run (loop);
  g_assert_cmpuint (altm_follow_ups_count_due (follow_ups), ==, 1);
  g_assert_cmpstr (altm_follow_ups_find (follow_ups, id)->reference, ==, "K7P4");
  g_assert_null (altm_follow_ups_find (follow_ups, "elsewhere"));
  g_assert_null (altm_follow_ups_get_told (follow_ups));
}

/* Nobody is kept from recording by it, nor waits for it: what is said is said once the reading thread has tried. */
static void
what_cannot_be_read_is_empty_and_tried_again (void)
{
  g_autofree char *folder = altm_test_make_folder ();
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  AltmFollowUps *follow_ups = altm_follow_ups_new (folder);

  g_signal_connect (follow_ups, "changed", G_CALLBACK (quit_cb), loop);
  altm_follow_ups_refresh (follow_ups, ALTM_TEST_NOW);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "The referrals to follow up cannot be read:*");
  g_main_loop_run (loop);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (altm_follow_ups_get_list (follow_ups)->len, ==, 0);

  altm_store_close (altm_store_open (folder, NULL));
  altm_follow_ups_refresh (follow_ups, ALTM_TEST_NOW);
  g_main_loop_run (loop);
  g_object_unref (follow_ups);
  altm_test_remove (folder);
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/follow-up/it-is-due-on-its-day", it_is_due_on_its_day);
  g_test_add_func ("/follow-up/without-a-day-it-is-due-after-two-weeks", without_a_day_it_is_due_after_two_weeks);
  g_test_add_func ("/follow-up/days-are-those-of-the-calendar", days_are_those_of_the_calendar);
  g_test_add_func ("/follow-up/a-week-over-the-change-of-hour-is-seven-days", a_week_over_the_change_of_hour_is_seven_days);
  g_test_add_func ("/follow-up/what-is-known-is-closed", what_is_known_is_closed);
  g_test_add_func ("/follow-up/what-is-due-longest-comes-first", what_is_due_longest_comes_first);
  g_test_add_func ("/follow-up/only-referrals-that-stand-are-listed", only_referrals_that_stand_are_listed);
  g_test_add_func ("/follow-up/the-last-word-counts", the_last_word_counts);
  g_test_add_func ("/follow-up/news-out-of-order-are-put-in-order", news_out_of_order_are_put_in_order);
  g_test_add_func ("/follow-up/a-skewed-clock-is-allowed-for", a_skewed_clock_is_allowed_for);
  g_test_add_func ("/follow-up/news-that-are-not-right-do-no-harm", news_that_are_not_right_do_no_harm);
  g_test_add_func ("/follow-up/news-are-new-for-two-days", news_are_new_for_two_days);
  g_test_add_func ("/follow-up/a-change-keeps-the-person", a_change_keeps_the_person);
  g_test_add_func ("/follow-up/moving-the-day-keeps-what-hq-set", moving_the_day_keeps_what_hq_set);
  g_test_add_func ("/follow-up/something-else-keeps-what-hq-set",
                   what_is_about_something_else_keeps_what_hq_set);
  g_test_add_func ("/follow-up/what-is-no-referral-is-not-changed", what_is_no_referral_is_not_changed);
  g_test_add_func ("/follow-up/a-day-is-counted-from-midnight-to-midnight", a_day_is_counted_from_midnight_to_midnight);
  g_test_add_func ("/follow-up/a-reading-thread-finds-them", a_reading_thread_finds_them);
  g_test_add_func ("/follow-up/unreadable", what_cannot_be_read_is_empty_and_tried_again);
  return g_test_run ();
}
