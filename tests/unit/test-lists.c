/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-test.h"

static AltmLists *
built_in (void)
{
  g_autoptr(GError) error = NULL;
  AltmLists *lists = altm_lists_new_built_in (&error);

  g_assert_no_error (error);
  return lists;
}

static AltmLists *
lists_of (const char *text)
{
  g_autoptr(json_t) root = altm_test_json (text);
  g_autoptr(GError) error = NULL;
  AltmLists *lists = altm_lists_new (root, &error);

  g_assert_no_error (error);
  return lists;
}

/* Lyon in three notations, and a neighbour; one code is retired. */
static AltmLists *
small_lists (void)
{
  return lists_of (
    "{'version':7,'vocabulary':{'theme':["
    "  {'code':'sante','label_fr':'Santé','label_en':'Health','short_fr':'Soins'},"
    "  {'code':'ancien','label_fr':'Ancien','label_en':'Former','retired':true}]},"
    " 'places':["
    "  {'id':'p-lyon3','kind':'other','name':'Mazagran','insee':'69383','commune':'Lyon'},"
    "  {'id':'p-bron','kind':'school','name':'École','insee':'69029','commune':'Bron'},"
    "  {'id':'p-two','kind':'qpv','name':'Terraillon','insee':'69029','commune':'Bron ; Vaulx-en-Velin'}],"
    " 'structures':["
    "  {'id':'s-bron-ccas','type':'ccas','name':'CCAS','commune':'Bron','insee':'69029','address':'1 rue Noël'},"
    "  {'id':'s-lyon7-mairie','type':'mairie','name':'Mairie','commune':'Lyon 7e','insee':'69387'},"
    "  {'id':'s-lyon-caf','type':'caf','name':'CAF','commune':'Lyon','insee':'69123'},"
    "  {'id':'s-lyon1-ccas','type':'ccas','name':'CCAS','commune':'Lyon 1er','insee':'69381'},"
    "  {'id':'s-paris','type':'ccas','name':'CCAS','commune':'Paris 20e','insee':'75120'},"
    "  {'id':'s-marseille','type':'ccas','name':'CCAS','commune':'Marseille 1er','insee':'13201'},"
    "  {'id':'s-nowhere','type':'ccas','name':'CCAS'},"
    "  {'id':'s-loire','type':'pmi','name':'PMI','commune':'Saint-Chamond','insee':'42207'},"
    "  {'id':'s-rhone','type':'pmi','name':'PMI','commune':'Givors','insee':'69091'},"
    "  {'id':'s-vaulx','type':'pmi','name':'PMI','commune':'Vaulx-en-Velin','insee':'69256'}],"
    " 'needs':[{'theme':'sante','structure_types':['caf','ccas']}],"
    " 'mediators':[{'code':'m-17','name':'A','team':'b'}],"
    " 'campaigns':[{'code':'canicule','label_fr':'Canicule','label_en':'Heat wave'}]}");
}

static void
every_label_is_there_in_both_languages (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  json_t *vocabulary = json_object_get (altm_lists_get_root (lists), "vocabulary");
  const char *list;
  json_t *entries, *entry;
  gsize i;

  g_assert_cmpuint (json_object_size (vocabulary), ==, 21);
  json_object_foreach (vocabulary, list, entries)
    json_array_foreach (entries, i, entry)
      {
        const char *code = altm_json_get_string (entry, "code");

        g_test_message ("%s %s", list, code);
        g_assert_nonnull (code);
        g_assert_cmpuint (strlen (altm_json_get_string (entry, "label_fr")), >, 0);
        g_assert_cmpuint (strlen (altm_json_get_string (entry, "label_en")), >, 0);
        g_assert_cmpstr (altm_lists_get_label (lists, list, code, "fr"), ==, altm_json_get_string (entry, "label_fr"));
        g_assert_cmpstr (altm_lists_get_label (lists, list, code, "en"), ==, altm_json_get_string (entry, "label_en"));
      }
}

static void
short_labels_fit_a_tile (void)
{
  static const char *const languages[] = { "short_fr", "short_en" };
  g_autoptr(AltmLists) lists = built_in ();
  const char *list;
  json_t *entries, *entry;
  gsize i, n = 0;

  json_object_foreach (json_object_get (altm_lists_get_root (lists), "vocabulary"), list, entries)
    json_array_foreach (entries, i, entry)
      for (gsize j = 0; j < G_N_ELEMENTS (languages); j++)
        {
          const char *label = altm_json_get_string (entry, languages[j]);

          n += label != NULL;
          g_assert_cmpint (label != NULL ? g_utf8_strlen (label, -1) : 0, <=, 18);
        }
  g_assert_cmpuint (n, >, 0);
}

static void
assert_unique (json_t *entries, const char *key)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i;
  json_t *entry;

  json_array_foreach (entries, i, entry)
    {
      const char *name = altm_json_get_string (entry, key);

      g_assert_nonnull (name);
      g_test_message ("%s", name);
      g_assert_true (g_hash_table_add (seen, (gpointer) name));
    }
}

static void
codes_and_ids_are_unique (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  json_t *root = altm_lists_get_root (lists);
  const char *list;
  json_t *entries;

  json_object_foreach (json_object_get (root, "vocabulary"), list, entries)
    assert_unique (entries, "code");
  assert_unique (altm_lists_get_places (lists), "id");
  assert_unique (json_object_get (root, "structures"), "id");
  assert_unique (json_object_get (root, "needs"), "theme");
}

static void
codes_are_plain (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  const char *list;
  json_t *entries, *entry;
  gsize i;

  json_object_foreach (json_object_get (altm_lists_get_root (lists), "vocabulary"), list, entries)
    json_array_foreach (entries, i, entry)
      {
        const char *code = altm_json_get_string (entry, "code");

        g_assert_cmpuint (strspn (code, "abcdefghijklmnopqrstuvwxyz0123456789_"), ==, strlen (code));
      }
}

static void
places_are_of_known_kinds (void)
{
  static const char *const kinds[] = { "qpv", "post_office", "school", "other", "commune", NULL };
  g_autoptr(AltmLists) lists = built_in ();
  json_t *place;
  gsize i;

  json_array_foreach (altm_lists_get_places (lists), i, place)
    {
      const char *id = altm_json_get_string (place, "id");

      g_assert_true (g_strv_contains (kinds, altm_json_get_string (place, "kind")));
      g_assert_nonnull (altm_json_get_string (place, "name"));
      g_assert_cmpuint (strlen (altm_json_get_string (place, "insee")), ==, 5);
      g_assert_true (altm_lists_find_place (lists, id) == place);
    }
}

static void
structures_are_of_known_types (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  json_t *structure;
  gsize i;

  json_array_foreach (json_object_get (altm_lists_get_root (lists), "structures"), i, structure)
    {
      g_assert_true (altm_lists_has_code (lists, "structure_type", altm_json_get_string (structure, "type")));
      g_assert_nonnull (altm_json_get_string (structure, "name"));
      g_assert_true (altm_lists_find_structure (lists, altm_json_get_string (structure, "id")) == structure);
    }
  g_assert_cmpuint (i, >, 200);
}

static void
each_theme_has_known_needs (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  json_t *theme, *type;
  gsize i, j;

  json_array_foreach (altm_lists_get_vocabulary (lists, "theme"), i, theme)
    {
      json_t *needs = altm_lists_get_needs (lists, altm_json_get_string (theme, "code"));

      g_assert_cmpuint (json_array_size (needs), >, 0);
      json_array_foreach (needs, j, type)
        g_assert_true (altm_lists_has_code (lists, "structure_type", json_string_value (type)));
    }
  json_array_foreach (json_object_get (altm_lists_get_root (lists), "needs"), i, theme)
    g_assert_true (altm_lists_has_code (lists, "theme", altm_json_get_string (theme, "theme")));
}

static void
a_retired_code_stays_valid (void)
{
  g_autoptr(AltmLists) lists = small_lists ();

  g_assert_true (altm_lists_has_code (lists, "theme", "ancien"));
  g_assert_cmpstr (altm_lists_get_label (lists, "theme", "ancien", "fr"), ==, "Ancien");
  g_assert_cmpuint (json_array_size (altm_lists_get_vocabulary (lists, "theme")), ==, 2);
}

static void
what_is_not_there_is_not_found (void)
{
  g_autoptr(AltmLists) lists = small_lists ();

  g_assert_false (altm_lists_has_code (lists, "theme", "none"));
  g_assert_false (altm_lists_has_code (lists, "theme", NULL));
  g_assert_false (altm_lists_has_code (lists, "none", "sante"));
  g_assert_cmpstr (altm_lists_get_label (lists, "theme", "none", "fr"), ==, "none");
  g_assert_null (altm_lists_get_vocabulary (lists, "none"));
  g_assert_null (altm_lists_find_place (lists, "p-none"));
  g_assert_null (altm_lists_find_place (lists, NULL));
  g_assert_null (altm_lists_find_structure (lists, NULL));
  g_assert_null (altm_lists_find_campaign (lists, "none"));
  g_assert_null (altm_lists_find_campaign (lists, NULL));
  g_assert_null (altm_lists_get_needs (lists, "none"));
  g_assert_null (altm_lists_get_needs (lists, NULL));
}

static void
short_labels_stand_in_where_there_are_some (void)
{
  g_autoptr(AltmLists) lists = small_lists ();

  g_assert_cmpstr (altm_lists_get_short_label (lists, "theme", "sante", "fr"), ==, "Soins");
  g_assert_cmpstr (altm_lists_get_short_label (lists, "theme", "sante", "en"), ==, "Health");
  g_assert_cmpstr (altm_lists_get_short_label (lists, "theme", "none", "en"), ==, "none");
}

static void
the_parts_are_handed_out (void)
{
  g_autoptr(AltmLists) lists = small_lists ();
  g_autoptr(AltmLists) same = altm_lists_ref (lists);

  g_assert_cmpint (altm_lists_get_version (same), ==, 7);
  g_assert_nonnull (altm_lists_find_campaign (lists, "canicule"));
  altm_test_assert_json (altm_lists_get_mediators (lists), "[{'code':'m-17','name':'A','team':'b'}]");
  altm_test_assert_json (altm_lists_get_needs (lists, "sante"), "['caf','ccas']");
}

/* One who is retired, and what names nobody, is no mediator; an empty list says nothing. */
static void
a_mediator_is_one_whom_hq_lists (void)
{
  g_autoptr(AltmLists) lists = small_lists ();
  g_autoptr(AltmLists) retired = lists_of ("{'version':1,'vocabulary':{},'places':[],'structures':[],'needs':[],"
                                           " 'mediators':[{'code':'m-9','name':'N','retired':true},{'name':'O'}],"
                                           " 'campaigns':[]}");
  g_autoptr(AltmLists) none = built_in ();

  g_assert_true (altm_lists_has_mediators (lists));
  g_assert_cmpstr (altm_json_get_string (altm_lists_find_mediator (lists, "m-17"), "name"), ==, "A");
  g_assert_null (altm_lists_find_mediator (lists, "m-9"));
  g_assert_null (altm_lists_find_mediator (lists, NULL));
  g_assert_false (altm_lists_has_mediators (retired));
  g_assert_null (altm_lists_find_mediator (retired, "m-9"));
  g_assert_null (altm_lists_find_mediator (retired, NULL));
  g_assert_false (altm_lists_has_mediators (none));
}

static void
what_is_no_list_is_refused (void)
{
  static const char *const parts[] = { "version", "vocabulary", "places", "structures", "needs", "mediators", "campaigns" };
  static const char *const wrong[] = { "0", "-1", "'1'", "null", "1.5" };
  g_autoptr(AltmLists) lists = small_lists ();

  for (gsize i = 0; i < G_N_ELEMENTS (parts) * (G_N_ELEMENTS (wrong) + 1); i++)
    {
      g_autoptr(json_t) root = json_deep_copy (altm_lists_get_root (lists));
      const char *part = parts[i % G_N_ELEMENTS (parts)];
      gsize j = i / G_N_ELEMENTS (parts);
      g_autoptr(GError) error = NULL;

      if (j < G_N_ELEMENTS (wrong))
        json_object_set_new (root, part, altm_test_value (wrong[j]));
      else
        json_object_del (root, part);
      g_assert_null (altm_lists_new (root, &error));
      g_assert_error (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX);
    }
}

/* The ids of what was found, in their order. */
static char *
ids_of (GPtrArray *found)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", altm_json_get_string (g_ptr_array_index (found, i), "id"));
  g_ptr_array_unref (found);
  return g_string_free (ids, FALSE);
}

static void
search_ignores_case_and_accents (void)
{
  static const char *const texts[] = { "Vénissieux", "venissieux", "VENISS", "Vénis", "ve" };
  g_autoptr(AltmLists) lists = built_in ();
  g_autoptr(GPtrArray) expected = altm_lists_search_places (lists, "commune", "Vénissieux");

  g_assert_cmpuint (expected->len, ==, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GPtrArray) found = altm_lists_search_places (lists, "commune", texts[i]);

      g_test_message ("%s", texts[i]);
      g_assert_true (g_ptr_array_find (found, g_ptr_array_index (expected, 0), NULL));
    }
}

static void
search_takes_beginnings_of_words_in_any_order (void)
{
  static const struct
  {
    const char *text;
    const char *ids;
  } cases[] = {
    { "mazag", "p-lyon3" },  { "lyon maz", "p-lyon3" }, { "ecole", "p-bron" },
    { "azagran", "" },       { "mazagran bron", "" },   { "", "p-lyon3 p-bron p-two" },
    { NULL, "p-lyon3 p-bron p-two" },
  };
  g_autoptr(AltmLists) lists = small_lists ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *ids = ids_of (altm_lists_search_places (lists, NULL, cases[i].text));

      g_assert_cmpstr (ids, ==, cases[i].ids);
    }
}

static void
what_is_retired_is_found_by_its_id_alone (void)
{
  g_autoptr(AltmLists) lists = lists_of ("{'version':1,'vocabulary':{},'needs':[],'mediators':[],'campaigns':[],'places':["
                                         "{'id':'p-a','kind':'other','name':'A','retired':true},{'id':'p-b','kind':'other','name':'B'}],"
                                         "'structures':[{'id':'s-a','type':'caf','name':'A','retired':true},{'id':'s-b','type':'caf','name':'B'}]}");
  g_autofree char *places = ids_of (altm_lists_search_places (lists, NULL, NULL));
  g_autofree char *structures = ids_of (altm_lists_search_structures (lists, NULL, NULL, NULL));

  g_assert_cmpstr (places, ==, "p-b");
  g_assert_cmpstr (structures, ==, "s-b");
  g_assert_nonnull (altm_lists_find_place (lists, "p-a"));
  g_assert_nonnull (altm_lists_find_structure (lists, "s-a"));
}

static void
search_can_be_of_one_kind (void)
{
  g_autoptr(AltmLists) lists = small_lists ();
  g_autofree char *schools = ids_of (altm_lists_search_places (lists, "school", NULL));
  g_autofree char *offices = ids_of (altm_lists_search_places (lists, "post_office", NULL));

  g_assert_cmpstr (schools, ==, "p-bron");
  g_assert_cmpstr (offices, ==, "");
}

static void
the_places_communes_come_first_then_its_department_then_the_best_type (void)
{
  static const struct
  {
    const char *place;
    const char *types;
    const char *ids;
  } cases[] = {
    { "p-lyon3", "['ccas','caf']", "s-lyon1-ccas s-lyon-caf s-bron-ccas s-paris s-marseille s-nowhere" },
    { "p-lyon3", "['caf','ccas']", "s-lyon-caf s-lyon1-ccas s-bron-ccas s-paris s-marseille s-nowhere" },
    { "insee:69123", "['caf','ccas']", "s-lyon-caf s-lyon1-ccas s-bron-ccas s-paris s-marseille s-nowhere" },
    { "p-bron", "['caf','ccas']", "s-bron-ccas s-lyon-caf s-lyon1-ccas s-paris s-marseille s-nowhere" },
    { "insee:75056", "['ccas']", "s-paris s-bron-ccas s-lyon1-ccas s-marseille s-nowhere" },
    { "insee:75103", "['ccas']", "s-paris s-bron-ccas s-lyon1-ccas s-marseille s-nowhere" },
    { "insee:13055", "['ccas']", "s-marseille s-bron-ccas s-lyon1-ccas s-paris s-nowhere" },
    { "insee:42218", "['mairie']", "s-lyon7-mairie" },
    { "p-lyon3", "['pmi']", "s-rhone s-vaulx s-loire" },
    { "insee:42218", "['pmi']", "s-loire s-rhone s-vaulx" },
    { "p-two", "['pmi']", "s-vaulx s-rhone s-loire" },
    { "p-two", "['caf','pmi','ccas']",
      "s-vaulx s-bron-ccas s-lyon-caf s-rhone s-lyon1-ccas s-loire s-paris s-marseille s-nowhere" },
    { "p-none", "['pmi']", "s-loire s-rhone s-vaulx" },
    { "p-lyon3", "['pimms']", "" },
  };
  g_autoptr(AltmLists) lists = small_lists ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) types = altm_test_value (cases[i].types);
      g_autofree char *ids = ids_of (altm_lists_search_structures (lists, types, cases[i].place, NULL));

      g_assert_cmpstr (ids, ==, cases[i].ids);
    }
}

static void
without_types_all_structures_are_searched (void)
{
  g_autoptr(AltmLists) lists = small_lists ();
  g_autofree char *all = ids_of (altm_lists_search_structures (lists, NULL, "p-lyon3", NULL));
  g_autofree char *noel = ids_of (altm_lists_search_structures (lists, NULL, "p-lyon3", "noel"));

  g_assert_cmpstr (all, ==, "s-lyon7-mairie s-lyon-caf s-lyon1-ccas s-bron-ccas s-rhone s-vaulx s-paris s-marseille s-nowhere s-loire");
  g_assert_cmpstr (noel, ==, "s-bron-ccas");
}

static void
without_a_place_the_best_type_comes_first (void)
{
  g_autoptr(AltmLists) lists = small_lists ();
  g_autoptr(json_t) types = altm_test_value ("['caf','ccas']");
  g_autofree char *ids = ids_of (altm_lists_search_structures (lists, types, NULL, NULL));

  g_assert_cmpstr (ids, ==, "s-lyon-caf s-bron-ccas s-lyon1-ccas s-paris s-marseille s-nowhere");
}

/* Neither the commune nor the type gives way to it. */
static void
of_equals_those_to_check_come_last (void)
{
  g_autoptr(AltmLists) lists = lists_of (
    "{'version':1,'vocabulary':{},'needs':[],'mediators':[],'campaigns':[],"
    " 'places':[{'id':'p-bron','kind':'school','name':'École','insee':'69029','commune':'Bron'}],"
    " 'structures':["
    "  {'id':'s-old','type':'pmi','name':'PMI','commune':'Bron','insee':'69029','to_check':true},"
    "  {'id':'s-other-type','type':'caf','name':'CAF','commune':'Bron','insee':'69029'},"
    "  {'id':'s-far','type':'pmi','name':'PMI','commune':'Givors','insee':'69091','to_check':false},"
    "  {'id':'s-new','type':'pmi','name':'PMI','commune':'Bron','insee':'69029'}]}");
  g_autoptr(json_t) types = altm_test_value ("['pmi','caf']");
  g_autofree char *ids = ids_of (altm_lists_search_structures (lists, types, "p-bron", NULL));

  g_assert_cmpstr (ids, ==, "s-new s-old s-other-type s-far");
}

static void
a_campaign_runs_between_its_days (void)
{
  static const char *const cases[][2] = {
    { "2026-06-30", NULL },     { "2026-07-01", "canicule" }, { "2026-07-31", "canicule" },
    { "2026-08-01", "masques" }, { "2027-01-01", "masques" },
  };
  g_autoptr(AltmLists) lists = lists_of (
    "{'version':1,'vocabulary':{},'places':[],'structures':[],'needs':[],'mediators':[],'campaigns':["
    "{'code':'ancienne','label_fr':'A','label_en':'A','retired':true},"
    "{'code':'canicule','label_fr':'C','label_en':'C','from':'2026-07-01','to':'2026-07-31'},"
    "{'code':'masques','label_fr':'M','label_en':'M','from':'2026-07-15'}]}");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (altm_json_get_string (altm_lists_find_running_campaign (lists, cases[i][0]), "code"), ==,
                     cases[i][1]);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/lists/built-in/labels", every_label_is_there_in_both_languages);
  g_test_add_func ("/lists/built-in/short-labels", short_labels_fit_a_tile);
  g_test_add_func ("/lists/built-in/unique", codes_and_ids_are_unique);
  g_test_add_func ("/lists/built-in/codes", codes_are_plain);
  g_test_add_func ("/lists/built-in/places", places_are_of_known_kinds);
  g_test_add_func ("/lists/built-in/structures", structures_are_of_known_types);
  g_test_add_func ("/lists/built-in/needs", each_theme_has_known_needs);
  g_test_add_func ("/lists/retired", a_retired_code_stays_valid);
  g_test_add_func ("/lists/absent", what_is_not_there_is_not_found);
  g_test_add_func ("/lists/short-labels", short_labels_stand_in_where_there_are_some);
  g_test_add_func ("/lists/parts", the_parts_are_handed_out);
  g_test_add_func ("/lists/mediators", a_mediator_is_one_whom_hq_lists);
  g_test_add_func ("/lists/refused", what_is_no_list_is_refused);
  g_test_add_func ("/lists/campaign", a_campaign_runs_between_its_days);
  g_test_add_func ("/lists/search/accents", search_ignores_case_and_accents);
  g_test_add_func ("/lists/search/words", search_takes_beginnings_of_words_in_any_order);
  g_test_add_func ("/lists/search/retired", what_is_retired_is_found_by_its_id_alone);
  g_test_add_func ("/lists/search/kind", search_can_be_of_one_kind);
  g_test_add_func ("/lists/search/commune", the_places_communes_come_first_then_its_department_then_the_best_type);
  g_test_add_func ("/lists/search/all", without_types_all_structures_are_searched);
  g_test_add_func ("/lists/search/no-place", without_a_place_the_best_type_comes_first);
  g_test_add_func ("/lists/search/to-check", of_equals_those_to_check_come_last);
  return g_test_run ();
}
