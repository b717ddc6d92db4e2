/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-channel.h"
#include "altm-register.h"
#include "altm-test.h"

static AltmLists *
built_in (void)
{
  g_autoptr(GError) error = NULL;
  AltmLists *lists = altm_lists_new_built_in (&error);

  g_assert_no_error (error);
  return lists;
}

static void
assert_known (AltmLists *lists, const char *list, const char *const *codes)
{
  for (gsize i = 0; codes[i] != NULL; i++)
    if (!altm_lists_has_code (lists, list, codes[i]))
      g_error ("%s is not in the list %s", codes[i], list);
}

static void
assert_one_known (AltmLists *lists, const char *list, const char *code)
{
  const char *const codes[] = { code, NULL };

  assert_known (lists, list, codes);
}

static void
each_channel_of_the_list_is_known (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  gsize i;
  json_t *entry;

  json_array_foreach (altm_lists_get_vocabulary (lists, "canal"), i, entry)
    {
      const AltmChannel *channel = altm_channel_find (altm_json_get_string (entry, "code"));

      g_assert_cmpstr (channel->code, ==, altm_json_get_string (entry, "code"));
      assert_known (lists, "lieu", channel->settings);
      assert_known (lists, "public", channel->publics);
      assert_known (lists, "registre", channel->registers);
      assert_one_known (lists, "lieu", channel->setting);
      assert_one_known (lists, "origine", channel->origin);
      if (channel->setting != NULL)
        g_assert_true (g_strv_contains (channel->settings, channel->setting));
    }
}

static void
each_channel_has_an_icon_of_its_own (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  g_autoptr(GHashTable) icons = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i;
  json_t *entry;

  json_array_foreach (altm_lists_get_vocabulary (lists, "canal"), i, entry)
    g_assert_true (g_hash_table_add (
      icons, (gpointer) altm_channel_find (altm_json_get_string (entry, "code"))->icon_name));
}

static void
only_the_school_has_themes_at_school (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  gsize i;
  json_t *entry;

  json_array_foreach (altm_lists_get_vocabulary (lists, "canal"), i, entry)
    {
      const char *code = altm_json_get_string (entry, "code");
      gboolean has_themes = altm_channel_find (code)->fields & ALTM_CHANNEL_SCHOOL;

      g_assert_cmpint (has_themes != 0, ==, g_str_equal (code, "ecole"));
    }
}

static void
each_register_of_the_list_is_known (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  gsize i;
  json_t *entry;

  json_array_foreach (altm_lists_get_vocabulary (lists, "registre"), i, entry)
    {
      const AltmRegister *known = altm_register_find (altm_json_get_string (entry, "code"));

      g_assert_cmpstr (known->code, ==, altm_json_get_string (entry, "code"));
      assert_known (lists, "theme", known->themes);
      assert_known (lists, "action", known->actions);
      assert_known (lists, "resultat", known->results);
    }
}

/* The triangle says incident, beside the registers. */
static void
each_register_has_an_icon_of_its_own (void)
{
  g_autoptr(AltmLists) lists = built_in ();
  g_autoptr(GHashTable) icons = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i;
  json_t *entry;

  g_hash_table_add (icons, (gpointer) "dialog-warning-symbolic");
  json_array_foreach (altm_lists_get_vocabulary (lists, "registre"), i, entry)
    g_assert_true (g_hash_table_add (
      icons, (gpointer) altm_register_find (altm_json_get_string (entry, "code"))->icon_name));
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/channel/each of the list is known", each_channel_of_the_list_is_known);
  g_test_add_func ("/channel/each has an icon of its own", each_channel_has_an_icon_of_its_own);
  g_test_add_func ("/channel/only the school has themes at school", only_the_school_has_themes_at_school);
  g_test_add_func ("/channel/each register of the list is known", each_register_of_the_list_is_known);
  g_test_add_func ("/channel/each register has an icon of its own", each_register_has_an_icon_of_its_own);
  return g_test_run ();
}
