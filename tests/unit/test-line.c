/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-line.h"
#include "altm-test.h"
#include "altm-time.h"

#define ID "0192f0c1-7b6a-7c3e-9d2f-3b1f6c0a9e11"
#define ENVELOPE "'seq':17,'id':'" ID "','rev':2,'type':'contact','at':'2026-11-24T18:12:03.123+01:00'"
#define DATA "'data':" ALTM_TEST_CONTACT

static void
read_line (AltmLine *line, const char *text)
{
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr(GError) error = NULL;

  altm_line_read (line, json, strlen (json), &error);
  g_assert_no_error (error);
}

static void
everything_is_read (void)
{
  g_auto(AltmLine) line = { NULL };

  read_line (&line, "{'v':1," ENVELOPE ",'by':'m-17','shift':'0192','place':'QN06913M','lists':4," DATA
                    ",'private':'0123456789abcdef.AA=='}");
  g_assert_cmpint (line.version, ==, 1);
  g_assert_cmpint (line.seq, ==, 17);
  g_assert_cmpstr (line.id, ==, ID);
  g_assert_cmpint (line.rev, ==, 2);
  g_assert_cmpstr (line.type, ==, "contact");
  g_assert_cmpstr (line.at, ==, "2026-11-24T18:12:03.123+01:00");
  g_assert_cmpint (line.time, ==, ALTM_TEST_NOW / 1000 * 1000);
  g_assert_cmpstr (line.by, ==, "m-17");
  g_assert_cmpstr (line.shift, ==, "0192");
  g_assert_cmpstr (line.place, ==, "QN06913M");
  g_assert_cmpint (line.lists, ==, 4);
  g_assert_false (line.is_deleted);
  altm_test_assert_json (line.data, ALTM_TEST_CONTACT);
  g_assert_true (line.has_private);
  g_assert_cmpstr (line.private_text, ==, "0123456789abcdef.AA==");
}

static void
what_is_absent_has_its_meaning (void)
{
  g_auto(AltmLine) line = { NULL };

  read_line (&line, "{" ENVELOPE "," DATA "}");
  g_assert_cmpint (line.version, ==, 1);
  g_assert_cmpint (line.lists, ==, 0);
  g_assert_null (line.by);
  g_assert_null (line.shift);
  g_assert_null (line.place);
  g_assert_false (line.is_deleted);
  g_assert_false (line.has_private);
  g_assert_null (line.private_text);
}

static void
private_null_is_not_private_absent (void)
{
  g_auto(AltmLine) line = { NULL };

  read_line (&line, "{" ENVELOPE "," DATA ",'private':null}");
  g_assert_true (line.has_private);
  g_assert_null (line.private_text);
}

static void
a_withdrawal_needs_no_data (void)
{
  g_auto(AltmLine) line = { NULL };
  g_auto(AltmLine) kept = { NULL };

  read_line (&line, "{" ENVELOPE ",'deleted':true}");
  g_assert_true (line.is_deleted);
  g_assert_null (line.data);
  read_line (&kept, "{" ENVELOPE ",'deleted':false," DATA "}");
  g_assert_false (kept.is_deleted);
}

static void
unknown_fields_are_let_through (void)
{
  g_auto(AltmLine) line = { NULL };

  read_line (&line, "{'v':9," ENVELOPE "," DATA ",'weather':{'sun':true}}");
  g_assert_cmpint (line.version, ==, 9);
}

/* The frozen bytes, to the byte: what a tablet wrote once is hashed and compared for good. */
static void
bytes_are_as_the_protocol_shows_them (void)
{
  g_autoptr(json_t) data = altm_test_json (ALTM_TEST_CONTACT);
  AltmLine line = { .seq = 17, .id = ID, .rev = 1, .type = "contact", .at = "2026-11-24T18:12:03.123+01:00",
                    .by = "m-17", .shift = "0192", .place = "QN06913M", .lists = 4, .data = data,
                    .has_private = TRUE, .private_text = "KEY.TEXT" };
  g_autofree char *text = altm_line_write (&line);

  g_assert_cmpstr (text, ==,
                   "{\"v\":1,\"seq\":17,\"id\":\"" ID "\",\"rev\":1,\"type\":\"contact\","
                   "\"at\":\"2026-11-24T18:12:03.123+01:00\",\"by\":\"m-17\",\"shift\":\"0192\",\"place\":\"QN06913M\","
                   "\"lists\":4,\"data\":{\"channel\":\"espace_public\",\"register\":\"presence_active\","
                   "\"public\":\"habitant\",\"people\":2},\"private\":\"KEY.TEXT\"}");
}

static void
little_is_written_where_there_is_little (void)
{
  AltmLine line = { .seq = 3, .id = ID, .rev = 2, .type = "contact", .at = "2026-11-24T17:12:03Z", .is_deleted = TRUE };
  AltmLine removed = line;
  g_autofree char *text = altm_line_write (&line);
  g_autofree char *other = NULL;

  g_assert_cmpstr (text, ==, "{\"v\":1,\"seq\":3,\"id\":\"" ID "\",\"rev\":2,\"type\":\"contact\","
                             "\"at\":\"2026-11-24T17:12:03Z\",\"deleted\":true}");
  removed.has_private = TRUE;
  other = altm_line_write (&removed);
  g_assert_nonnull (strstr (other, "\"deleted\":true,\"private\":null}"));
}

static void
what_is_written_is_read_again (void)
{
  g_autoptr(json_t) data = altm_test_json ("{'what':'L’éclairage « cassé » \\\\ \\n'}");
  AltmLine line = { .seq = G_MAXINT64, .id = ID, .rev = 1, .type = "observation", .at = "2026-11-24T17:12:03Z",
                    .data = data };
  g_autofree char *text = altm_line_write (&line);
  g_auto(AltmLine) back = { NULL };

  g_assert_true (altm_line_read (&back, text, strlen (text), NULL));
  g_assert_null (strchr (text, '\n'));
  g_assert_cmpint (back.seq, ==, G_MAXINT64);
  g_assert_true (json_equal (back.data, data));
}

static void
a_wrong_envelope_is_refused (void)
{
  static const struct
  {
    const char *field;
    const char *value;
    AltmRecordError error;
  } cases[] = {
    { "seq", NULL, ALTM_RECORD_ERROR_MISSING_FIELD },
    { "seq", "0", ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { "seq", "-4", ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { "seq", "'17'", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "seq", "17.0", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "seq", "null", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "id", NULL, ALTM_RECORD_ERROR_MISSING_FIELD },
    { "id", "7", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "id", "'0192F0C1-7B6A-7C3E-9D2F-3B1F6C0A9E11'", ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { "id", "'0192f0c1-7b6a-4c3e-9d2f-3b1f6c0a9e11'", ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { "rev", NULL, ALTM_RECORD_ERROR_MISSING_FIELD },
    { "rev", "0", ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { "rev", "true", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "type", NULL, ALTM_RECORD_ERROR_MISSING_FIELD },
    { "type", "[]", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "at", NULL, ALTM_RECORD_ERROR_MISSING_FIELD },
    { "at", "1795540323", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "at", "'2026-11-24 18:12'", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "v", "0", ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { "v", "'1'", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "lists", "0", ALTM_RECORD_ERROR_OUT_OF_RANGE },
    { "lists", "'1'", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "by", "17", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "shift", "{}", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "place", "1", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "data", NULL, ALTM_RECORD_ERROR_MISSING_FIELD },
    { "data", "[]", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "data", "null", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "deleted", "1", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "private", "{}", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "private", "false", ALTM_RECORD_ERROR_WRONG_TYPE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) root = altm_test_json ("{" ENVELOPE "," DATA "}");
      g_autofree char *text = NULL;
      g_auto(AltmLine) line = { NULL };
      g_autoptr(GError) error = NULL;

      g_test_message ("%s %s", cases[i].field, cases[i].value);
      if (cases[i].value != NULL)
        json_object_set_new (root, cases[i].field, altm_test_value (cases[i].value));
      else
        json_object_del (root, cases[i].field);
      text = altm_json_write (root);
      g_assert_false (altm_line_read (&line, text, strlen (text), &error));
      g_assert_error (error, ALTM_RECORD_ERROR, cases[i].error);
      g_assert_true (g_str_has_prefix (error->message, cases[i].field));
    }
}

static void
long_texts_of_the_envelope_are_refused (void)
{
  static const char *const fields[] = { "by", "shift", "place", "type" };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (fields); i++)
    {
      g_autoptr(json_t) root = altm_test_json ("{" ENVELOPE "," DATA "}");
      g_autofree char *value = g_strnfill (200 + i % 2, 'a');
      g_autofree char *text = NULL;
      g_auto(AltmLine) line = { NULL };
      g_autoptr(GError) error = NULL;

      json_object_set_new (root, fields[i / 2], json_string (value));
      text = altm_json_write (root);
      g_assert_cmpint (altm_line_read (&line, text, strlen (text), &error), ==, i % 2 == 0);
      if (i % 2 == 1)
        g_assert_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_OUT_OF_RANGE);
    }
}

static void
what_could_be_read_of_a_bad_line_is_there (void)
{
  static const char text[] = "{\"seq\":17,\"id\":\"" ID "\",\"rev\":1,\"type\":\"contact\"}";
  g_auto(AltmLine) line = { NULL };

  g_assert_false (altm_line_read (&line, text, strlen (text), NULL));
  g_assert_cmpint (line.seq, ==, 17);
  g_assert_cmpstr (line.id, ==, ID);
  g_assert_cmpint (line.rev, ==, 1);
}

static void
no_json_is_told_from_too_deep (void)
{
  static const struct
  {
    int brackets;
    AltmRecordError error;
  } cases[] = {
    { 0, ALTM_RECORD_ERROR_NOT_JSON },
    { 63, ALTM_RECORD_ERROR_NOT_JSON },
    { 64, ALTM_RECORD_ERROR_TOO_DEEP },
    { 100000, ALTM_RECORD_ERROR_TOO_DEEP },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *brackets = g_strnfill ((gsize) cases[i].brackets, '[');
      g_autofree char *text = g_strconcat ("{\"data\":", brackets, NULL);
      g_auto(AltmLine) line = { NULL };
      g_autoptr(GError) error = NULL;

      g_assert_false (altm_line_read (&line, text, strlen (text), &error));
      g_assert_error (error, ALTM_RECORD_ERROR, cases[i].error);
    }
}

static void
content_is_judged (void)
{
  static const struct
  {
    const char *text;
    int error;
  } cases[] = {
    { "{" ENVELOPE "," DATA "}", -1 },
    { "{" ENVELOPE "," DATA ",'place':'insee:69123'}", -1 },
    { "{" ENVELOPE "," DATA ",'place':'p-none'}", ALTM_RECORD_ERROR_UNKNOWN_CODE },
    { "{" ENVELOPE ",'data':{}}", ALTM_RECORD_ERROR_MISSING_FIELD },
    { "{" ENVELOPE "," DATA ",'private':'a note in clear'}", ALTM_RECORD_ERROR_WRONG_TYPE },
    { "{" ENVELOPE "," DATA ",'private':null}", -1 },
    { "{" ENVELOPE ",'deleted':true}", -1 },
    { "{" ENVELOPE ",'deleted':true,'data':{'people':-5}}", -1 },
    { "{" ENVELOPE ",'deleted':true,'place':'p-none'}", ALTM_RECORD_ERROR_UNKNOWN_CODE },
    { "{'seq':1,'id':'" ID "','rev':1,'type':'visit','at':'2026-11-24T17:12:03Z','data':{}}",
      ALTM_RECORD_ERROR_UNKNOWN_TYPE },
    { "{'seq':1,'id':'" ID "','rev':1,'type':'shift','at':'2026-11-24T17:12:03Z','data':{'channel':'habitat'}}",
      ALTM_RECORD_ERROR_MISSING_FIELD },
    { "{'seq':1,'id':'" ID "','rev':1,'type':'shift','at':'2026-11-24T17:12:03Z','place':'QN06913M',"
      "'data':{'channel':'habitat'}}", -1 },
    { "{'seq':1,'id':'" ID "','rev':1,'type':'shift','at':'2026-11-24T17:12:03Z','deleted':true}", -1 },
  };
  g_autoptr(AltmLists) lists = altm_lists_new_built_in (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto(AltmLine) line = { NULL };
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      read_line (&line, cases[i].text);
      g_assert_cmpint (altm_line_check (&line, lists, &error), ==, cases[i].error < 0);
      if (cases[i].error >= 0)
        g_assert_error (error, ALTM_RECORD_ERROR, cases[i].error);
    }
}

static void
sealed_private_text_is_taken (void)
{
  g_autofree char *folder = altm_test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "key", NULL);
  g_autoptr(AltmSealPair) pair = altm_seal_pair_load (path, NULL);
  g_autoptr(json_t) private = altm_test_json ("{'note':'a'}");
  g_autofree char *sealed = altm_seal (altm_seal_pair_get_key (pair), ID, 1, private, NULL);
  g_autoptr(AltmLists) lists = altm_lists_new_built_in (NULL);
  g_auto(AltmLine) line = { NULL };
  g_autoptr(GError) error = NULL;

  read_line (&line, "{" ENVELOPE "," DATA "}");
  line.has_private = TRUE;
  line.private_text = sealed;
  altm_line_check (&line, lists, &error);
  g_assert_no_error (error);
  altm_test_remove (folder);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/line/read", everything_is_read);
  g_test_add_func ("/line/read/absent", what_is_absent_has_its_meaning);
  g_test_add_func ("/line/read/private-null", private_null_is_not_private_absent);
  g_test_add_func ("/line/read/deleted", a_withdrawal_needs_no_data);
  g_test_add_func ("/line/read/unknown", unknown_fields_are_let_through);
  g_test_add_func ("/line/read/envelope", a_wrong_envelope_is_refused);
  g_test_add_func ("/line/read/long", long_texts_of_the_envelope_are_refused);
  g_test_add_func ("/line/read/half", what_could_be_read_of_a_bad_line_is_there);
  g_test_add_func ("/line/read/deep", no_json_is_told_from_too_deep);
  g_test_add_func ("/line/write", bytes_are_as_the_protocol_shows_them);
  g_test_add_func ("/line/write/little", little_is_written_where_there_is_little);
  g_test_add_func ("/line/write/read", what_is_written_is_read_again);
  g_test_add_func ("/line/check", content_is_judged);
  g_test_add_func ("/line/check/sealed", sealed_private_text_is_taken);
  return g_test_run ();
}
