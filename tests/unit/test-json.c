/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-data-resources.h"
#include "altm-test.h"

static void
one_object_is_read (void)
{
  static const char *const texts[] = {
    "{}", " \t\r\n{ } \n", "{\"a\":1}", "{\"a\":{\"a\":{\"a\":null}}}", "{\"é\":\"où ça ?\"}", "{\"a\":\"\\u00e9\"}",
    "{\"a\":1.5e3,\"b\":-0,\"c\":[true,false,null]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(json_t) root = altm_json_parse (texts[i], strlen (texts[i]), &error);

      g_assert_no_error (error);
      g_assert_true (json_is_object (root));
    }
}

/* jansson itself takes the first of them. */
static void
a_nul_is_a_syntax_error (void)
{
  static const char after[] = "{\"a\":1\0}", within[] = "{\"a\":\"\0\"}";
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_json_parse (after, sizeof after - 1, &error));
  g_assert_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX);
  g_clear_error (&error);
  g_assert_null (altm_json_parse (within, sizeof within - 1, &error));
  g_assert_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX);
}

static void
anything_else_is_a_syntax_error (void)
{
  static const char *const texts[] = {
    "", " ", "[]", "1", "\"a\"", "null", "true", "{", "}", "{}x", "{}{}", "{},", "{'a':1}", "{a:1}",
    "{\"a\":1,}", "{\"a\":}", "{\"a\" 1}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":+1}", "{\"a\":.5}",
    "{\"a\":1,\"a\":1}", "{\"b\":{\"a\":1,\"a\":2}}", "{\"a\":\"\xff\"}", "{\"a\":\"\xc3\"}",
    "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\n\"}",
    "{\"a\":99999999999999999999}", "\xef\xbb\xbf{}", "]]]]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_null (altm_json_parse (texts[i], strlen (texts[i]), &error));
      g_assert_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX);
    }
}

static void
a_byte_of_zero_is_refused (void)
{
  static const char text[] = "{\"a\":\"b\0c\"}";

  g_assert_null (altm_json_parse (text, sizeof text - 1, NULL));
  g_assert_null (altm_json_parse ("{}\0", 3, NULL));
}

static void
bytes_beyond_the_length_are_not_read (void)
{
  g_autofree char *exact = g_memdup2 ("{}", 2);
  g_autoptr(json_t) root = altm_json_parse (exact, 2, NULL);
  g_autoptr(json_t) first = altm_json_parse ("{\"a\":1}{{{{", 7, NULL);

  g_assert_nonnull (root);
  g_assert_nonnull (first);
}

static char *
nest (const char *before, char open, int n, const char *after)
{
  g_autofree char *brackets = g_strnfill ((gsize) n, open);

  return g_strconcat (before, brackets, after, NULL);
}

static void
sixty_four_levels_are_read (void)
{
  g_autofree char *closed = g_strnfill (ALTM_JSON_DEPTH - 1, ']');
  g_autofree char *end = g_strconcat (closed, "}", NULL);
  g_autofree char *text = nest ("{\"a\":", '[', ALTM_JSON_DEPTH - 1, end);
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) root = altm_json_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (root);
}

static void
deeper_is_refused_unparsed (void)
{
  static const int depths[] = { ALTM_JSON_DEPTH, 1000, 100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (depths); i++)
    for (const char *open = "[{"; *open != '\0'; open++)
      {
        g_autofree char *text = nest ("{\"a\":", *open, depths[i], "");
        g_autoptr(GError) error = NULL;

        g_assert_null (altm_json_parse (text, strlen (text), &error));
        g_assert_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_DEPTH);
      }
}

static void
brackets_in_texts_are_no_depth (void)
{
  static const char *const befores[] = { "{\"a\":\"", "{\"a\":\"\\\"", "{\"a\":\"\\\\\\\"" };

  for (gsize i = 0; i < G_N_ELEMENTS (befores); i++)
    {
      g_autofree char *text = nest (befores[i], '[', 1000, "\"}");
      g_autoptr(GError) error = NULL;
      g_autoptr(json_t) root = altm_json_parse (text, strlen (text), &error);

      g_assert_no_error (error);
      g_assert_nonnull (root);
    }
}

static void
brackets_after_an_escaped_backslash_are_depth (void)
{
  g_autofree char *text = nest ("{\"a\":\"\\\\\",\"b\":", '[', 1000, "");
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_json_parse (text, strlen (text), &error));
  g_assert_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_DEPTH);
}

static void
text_is_written_compact_in_the_order_of_keys (void)
{
  g_autoptr(json_t) root = altm_test_json ("{'z': 1, 'a': ['é', null, true], 'm': {}}");
  g_autofree char *text = altm_json_write (root);

  g_assert_cmpstr (text, ==, "{\"z\":1,\"a\":[\"é\",null,true],\"m\":{}}");
}

static void
any_value_is_written (void)
{
  g_autoptr(json_t) value = json_string ("\"");
  g_autofree char *text = altm_json_write (value);

  g_assert_cmpstr (text, ==, "\"\\\"\"");
}

static void
getters_know_what_is_there (void)
{
  g_autoptr(json_t) root = altm_test_json ("{'text':'a','number':7,'real':7.5,'null':null}");

  g_assert_cmpstr (altm_json_get_string (root, "text"), ==, "a");
  g_assert_null (altm_json_get_string (root, "number"));
  g_assert_null (altm_json_get_string (root, "null"));
  g_assert_null (altm_json_get_string (root, "absent"));
  g_assert_null (altm_json_get_string (NULL, "text"));
  g_assert_cmpint (altm_json_get_integer (root, "number", -1), ==, 7);
  g_assert_cmpint (altm_json_get_integer (root, "real", -1), ==, -1);
  g_assert_cmpint (altm_json_get_integer (root, "text", -1), ==, -1);
  g_assert_cmpint (altm_json_get_integer (root, "absent", -2), ==, -2);
  g_assert_cmpint (altm_json_get_integer (NULL, "number", -3), ==, -3);
}

static void
files_of_the_program_are_loaded (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) lists =
    altm_json_load (altm_data_get_resource (), "/org/altm/Field/data/reference/lists.json", &error);

  g_assert_no_error (error);
  g_assert_cmpint (altm_json_get_integer (lists, "version", 0), >=, 1);
  g_assert_null (altm_json_load (altm_data_get_resource (), "/org/altm/Field/data/none.json", &error));
  g_assert_error (error, G_RESOURCE_ERROR, G_RESOURCE_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/json/nul", a_nul_is_a_syntax_error);
  g_test_add_func ("/json/one-object", one_object_is_read);
  g_test_add_func ("/json/syntax", anything_else_is_a_syntax_error);
  g_test_add_func ("/json/zero-byte", a_byte_of_zero_is_refused);
  g_test_add_func ("/json/length", bytes_beyond_the_length_are_not_read);
  g_test_add_func ("/json/depth/64", sixty_four_levels_are_read);
  g_test_add_func ("/json/depth/deeper", deeper_is_refused_unparsed);
  g_test_add_func ("/json/depth/texts", brackets_in_texts_are_no_depth);
  g_test_add_func ("/json/depth/backslash", brackets_after_an_escaped_backslash_are_depth);
  g_test_add_func ("/json/write", text_is_written_compact_in_the_order_of_keys);
  g_test_add_func ("/json/write/any", any_value_is_written);
  g_test_add_func ("/json/get", getters_know_what_is_there);
  g_test_add_func ("/json/load", files_of_the_program_are_loaded);
  return g_test_run ();
}
