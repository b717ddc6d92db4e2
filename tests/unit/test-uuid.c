/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-test.h"
#include "altm-uuid.h"

/* RFC 9562, appendix A.6: 2022-02-22T14:22:22.00-05:00. */
#define RFC_TIME (G_GINT64_CONSTANT (1645557742000) * 1000)
#define RFC_UUID "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static void
version_7_begins_with_its_milliseconds (void)
{
  g_autofree char *uuid = altm_uuid_new_v7 (RFC_TIME);
  g_autofree char *later = altm_uuid_new_v7 (RFC_TIME + 999);

  g_assert_true (g_str_has_prefix (uuid, "017f22e2-79b0-7"));
  g_assert_true (g_str_has_prefix (later, "017f22e2-79b0-7"));
  g_assert_true (altm_uuid_is_v7 (uuid));
}

static void
version_7_has_the_order_of_time (void)
{
  g_autofree char *before = altm_uuid_new_v7 (ALTM_TEST_NOW);

  for (int i = 1; i <= 1000; i++)
    {
      char *after = altm_uuid_new_v7 (ALTM_TEST_NOW + i * (gint64) 1000);

      g_assert_cmpstr (before, <, after);
      g_free (before);
      before = after;
    }
}

static void
no_two_are_alike (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 10000; i++)
    {
      g_assert_true (g_hash_table_add (seen, altm_uuid_new_v7 (ALTM_TEST_NOW)));
      g_assert_true (g_hash_table_add (seen, altm_uuid_new_v4 ()));
    }
}

static void
version_4_is_no_version_7 (void)
{
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *uuid = altm_uuid_new_v4 ();

      g_assert_true (altm_uuid_is_valid (uuid));
      g_assert_false (altm_uuid_is_v7 (uuid));
      g_assert_true (g_uuid_string_is_valid (uuid));
      g_assert_cmpint (uuid[14], ==, '4');
      g_assert_nonnull (strchr ("89ab", uuid[19]));
    }
}

static void
version_7_has_the_variant (void)
{
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *uuid = altm_uuid_new_v7 (ALTM_TEST_NOW);

      g_assert_true (g_uuid_string_is_valid (uuid));
      g_assert_cmpint (uuid[14], ==, '7');
      g_assert_nonnull (strchr ("89ab", uuid[19]));
    }
}

static void
texts_are_judged (void)
{
  static const struct
  {
    const char *text;
    gboolean is_valid;
    gboolean is_v7;
  } cases[] = {
    { RFC_UUID, TRUE, TRUE },
    { "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", TRUE, FALSE },
    { "017f22e2-79b0-7cc3-78c4-dc0c0c07398f", TRUE, FALSE },
    { "017f22e2-79b0-7cc3-c8c4-dc0c0c07398f", TRUE, FALSE },
    { "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", FALSE, FALSE },
    { "017f22e2-79b0-7cc3-98c4-dc0c0c07398", FALSE, FALSE },
    { "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", FALSE, FALSE },
    { "017f22e279b07cc398c4dc0c0c07398f", FALSE, FALSE },
    { "017f22e2_79b0_7cc3_98c4_dc0c0c07398f", FALSE, FALSE },
    { "017f22e2-79b07-cc3-98c4-dc0c0c07398f", FALSE, FALSE },
    { "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", FALSE, FALSE },
    { "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f", FALSE, FALSE },
    { "", FALSE, FALSE },
    { NULL, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (altm_uuid_is_valid (cases[i].text), ==, cases[i].is_valid);
      g_assert_cmpint (altm_uuid_is_v7 (cases[i].text), ==, cases[i].is_v7);
    }
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/uuid/v7/time", version_7_begins_with_its_milliseconds);
  g_test_add_func ("/uuid/v7/order", version_7_has_the_order_of_time);
  g_test_add_func ("/uuid/v7/variant", version_7_has_the_variant);
  g_test_add_func ("/uuid/v4", version_4_is_no_version_7);
  g_test_add_func ("/uuid/unique", no_two_are_alike);
  g_test_add_func ("/uuid/judged", texts_are_judged);
  return g_test_run ();
}
