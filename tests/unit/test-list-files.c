/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-csv.h"
#include "altm-lists-merge.h"
#include "altm-test.h"

/* The rows as one text: cells in brackets, each row after its line's number. */
static char *
read_all (const char *bytes, gsize length)
{
  const char *problem;
  guint line;
  g_autoptr(GPtrArray) rows = altm_csv_read (bytes, length, &problem, &line);
  GString *text = g_string_new (NULL);

  if (rows == NULL)
    g_string_append_printf (text, "%s at %u", problem, line);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const AltmCsvRow *row = rows->pdata[i];

      g_string_append_printf (text, "%u", row->line);
      for (char **cell = row->cells; *cell != NULL; cell++)
        g_string_append_printf (text, "[%s]", *cell);
    }
  return g_string_free (text, FALSE);
}

static void
a_file_is_read_as_spreadsheets_write_it (void)
{
  static const struct
  {
    const char *file;
    const char *rows;
  } files[] = {
    { "a,b\nc,d", "1[a][b]2[c][d]" },
    { "a;b,b\r\nc;d\r\n", "1[a][b,b]2[c][d]" },
    { "a\tb\rc\td\r", "1[a][b]1[c][d]" },
    { "\"a;a\",b\nc,d\n", "1[a;a][b]2[c][d]" },
    { "a,b\n\n\n,\n\"c\nc\",d\ne,f\n", "1[a][b]5[c\nc][d]7[e][f]" },
    { "a,\"say \"\"no\"\"\"\n", "1[a][say \"no\"]" },
    { " a , b \n", "1[a][b]" },
    { "a,b,\n,,c\n", "1[a][b][]2[][][c]" },
    { "'=a,'-b,'c,''d,'\n", "1[=a][-b]['c]['d][']" },
    { "\xEF\xBB\xBF\xC3\xA9,b\n", "1[é][b]" },
    { "\xE9,\x80,\x92\n", "1[é][€][’]" },
    { "a,\"b\n\nc", "csv-unclosed at 1" },
    { "a,b\nc,d\"e\n", "csv-quote at 2" },
    { "a,b\nc,\"d\"e\n", "csv-quote at 2" },
    { "", "csv-empty at 0" },
    { "\n , \n\"\"\n", "csv-empty at 3" },
    { "\x81", "csv-encoding at 0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *rows = read_all (files[i].file, strlen (files[i].file));

      g_assert_cmpstr (rows, ==, files[i].rows);
    }
}

static void
a_file_with_a_nul_is_none_but_in_utf_16 (void)
{
  g_autofree char *eight = read_all ("a,b\0\n", 5), *sixteen = read_all ("\xFF\xFE" "a\0\t\0\xE9\0\n\0", 10);

  g_assert_cmpstr (eight, ==, "csv-nul at 0");
  g_assert_cmpstr (sixteen, ==, "1[a][é]");
}

static void
a_cell_comes_back_as_it_was_written (void)
{
  static const char *const cells[] = { "plain", "=1+1", "+33 4", "-", "@a", "'", "''", "'=a", "'a", "a,b;c\td", "a \"b\"\nc",
                                       "\tx", "é – œ" };

  for (const char *separator = ",;"; *separator != '\0'; separator++)
    for (gsize i = 0; i < G_N_ELEMENTS (cells); i++)
      {
        g_autoptr(GString) text = g_string_new (NULL);
        g_autofree char *rows = NULL, *expected = g_strdup_printf ("1[x][%s][]", cells[i]);

        altm_csv_write_cell (text, "x", *separator);
        g_string_append_c (text, *separator);
        altm_csv_write_cell (text, cells[i], *separator);
        g_string_append_c (text, *separator);
        g_assert_null (strchr ("=+-@", text->str[2]));
        rows = read_all (text->str, text->len);
        g_assert_cmpstr (rows, ==, expected);
      }
}

static void
assert_merged (const char *base, const char *own, const char *newer, const char *expected)
{
  g_autoptr(json_t) bases = base != NULL ? altm_test_json (base) : NULL;
  g_autoptr(json_t) owns = altm_test_json (own), newers = altm_test_json (newer), expecteds = altm_test_json (expected);
  g_autoptr(json_t) merged = altm_lists_merge (bases, owns, newers);
  g_autofree char *text = altm_json_write (merged), *wanted = altm_json_write (expecteds);

  g_assert_cmpstr (text, ==, wanted);
}

#define LIST(entries) "{'version':3,'vocabulary':{'theme':[" entries "]},'places':[]}"

static void
what_hq_changed_stays_and_what_is_new_comes (void)
{
  /* HQ reworded one label and retired a code; the project reworded another and added one. */
  assert_merged (LIST ("{'code':'a','label_fr':'A','label_en':'A'},{'code':'b','label_fr':'B'}"),
                 LIST ("{'code':'a','label_fr':'À nous','label_en':'A'},{'code':'b','label_fr':'B','retired':true}"),
                 LIST ("{'code':'a','label_fr':'AA','label_en':'A!'},{'code':'b','label_fr':'B!'},{'code':'c','label_fr':'C'}"),
                 LIST ("{'code':'a','label_fr':'À nous','label_en':'A!'},{'code':'b','label_fr':'B!','retired':true},"
                       "{'code':'c','label_fr':'C'}"));
}

static void
what_hq_added_and_brought_back_stays (void)
{
  assert_merged (LIST ("{'code':'a','label_fr':'A','retired':true}"),
                 LIST ("{'code':'a','label_fr':'A'},{'code':'own','label_fr':'Own'}"),
                 LIST ("{'code':'a','label_fr':'A','retired':true},{'code':'own','label_fr':'Other','short_fr':'O'}"),
                 LIST ("{'code':'a','label_fr':'A'},{'code':'own','label_fr':'Own'}"));
}

static void
what_the_project_retires_or_takes_out_of_an_entry_goes_where_hq_never_touched_it (void)
{
  assert_merged (LIST ("{'code':'a','label_fr':'A','short_fr':'a'},{'code':'b','label_fr':'B','short_fr':'b'}"),
                 LIST ("{'code':'a','label_fr':'A','short_fr':'a'},{'code':'b','label_fr':'B','short_fr':'bb'}"),
                 LIST ("{'code':'a','label_fr':'A','retired':true},{'code':'b','label_fr':'B'}"),
                 LIST ("{'code':'a','label_fr':'A','retired':true},{'code':'b','label_fr':'B','short_fr':'bb'}"));
}

static void
what_hq_took_out_does_not_come_back_and_what_the_project_did_stays (void)
{
  assert_merged (LIST ("{'code':'a'},{'code':'b'}"), LIST ("{'code':'b'}"), LIST ("{'code':'a'},{'code':'c'}"),
                 LIST ("{'code':'b'},{'code':'c'}"));
}

static void
a_new_list_comes_whole_and_without_a_base_hq_wins (void)
{
  assert_merged ("{'vocabulary':{}}", "{'version':7,'vocabulary':{},'places':[{'id':'p-1'}]}",
                 "{'version':3,'vocabulary':{'new':[{'code':'a'}]},'places':[]}",
                 "{'version':7,'vocabulary':{'new':[{'code':'a'}]},'places':[{'id':'p-1'}]}");
  assert_merged (NULL, LIST ("{'code':'a','label_fr':'Own'}"), LIST ("{'code':'a','label_fr':'A'},{'code':'b'}"),
                 LIST ("{'code':'a','label_fr':'Own'},{'code':'b'}"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/spreadsheets", a_file_is_read_as_spreadsheets_write_it);
  g_test_add_func ("/csv/nul", a_file_with_a_nul_is_none_but_in_utf_16);
  g_test_add_func ("/csv/back", a_cell_comes_back_as_it_was_written);
  g_test_add_func ("/merge/both", what_hq_changed_stays_and_what_is_new_comes);
  g_test_add_func ("/merge/own", what_hq_added_and_brought_back_stays);
  g_test_add_func ("/merge/untouched", what_the_project_retires_or_takes_out_of_an_entry_goes_where_hq_never_touched_it);
  g_test_add_func ("/merge/taken-out", what_hq_took_out_does_not_come_back_and_what_the_project_did_stays);
  g_test_add_func ("/merge/new", a_new_list_comes_whole_and_without_a_base_hq_wins);
  return g_test_run ();
}
