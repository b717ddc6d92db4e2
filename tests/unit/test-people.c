/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-people.h"
#include "altm-record-type.h"
#include "altm-test.h"

static json_t *
saved (AltmPeople *people)
{
  json_t *data = altm_test_json (ALTM_TEST_CONTACT);

  altm_people_save (people, data);
  return data;
}

static void
the_ages_raise_the_people (void)
{
  g_autoptr(AltmPeople) people = altm_people_new ();

  g_assert_cmpint (altm_people_get (people), ==, 1);
  altm_people_set_count (people, "ages", "12_17", 3);
  g_assert_cmpint (altm_people_get (people), ==, 3);
  altm_people_set_count (people, "ages", "18_24", 1);
  g_assert_cmpint (altm_people_get (people), ==, 4);
  g_assert_cmpint (altm_people_get_left (people, "ages"), ==, 0);
  g_assert_cmpint (altm_people_get_left (people, "genders"), ==, 4);
  altm_people_set_count (people, "genders", "femme", 2);
  g_assert_cmpint (altm_people_get (people), ==, 4);
  g_assert_cmpint (altm_people_get_left (people, "genders"), ==, 2);
}

static void
the_people_stay_above_what_is_counted (void)
{
  g_autoptr(AltmPeople) people = altm_people_new ();

  altm_people_set (people, 0);
  g_assert_cmpint (altm_people_get (people), ==, 1);
  altm_people_set_count (people, "genders", "femme", 5);
  altm_people_set (people, 2);
  g_assert_cmpint (altm_people_get (people), ==, 5);
  altm_people_set_count (people, "genders", "femme", 0);
  altm_people_set (people, 2);
  g_assert_cmpint (altm_people_get (people), ==, 2);
  altm_people_set (people, 501);
  g_assert_cmpint (altm_people_get (people), ==, 500);
  altm_people_set_count (people, "ages", "12_17", 400);
  altm_people_set_count (people, "ages", "18_24", 400);
  g_assert_cmpint (altm_people_get_count (people, "ages", "18_24"), ==, 100);
}

static void
an_attempt_may_be_with_nobody (void)
{
  g_autoptr(AltmPeople) people = altm_people_new ();

  altm_people_set_attempt (people, TRUE);
  g_assert_cmpint (altm_people_get (people), ==, 0);
  altm_people_set_count (people, "ages", "12_17", 1);
  g_assert_cmpint (altm_people_get (people), ==, 1);
  altm_people_set_count (people, "ages", "12_17", 0);
  altm_people_set (people, 0);
  altm_people_set_attempt (people, FALSE);
  g_assert_cmpint (altm_people_get (people), ==, 1);
}

static void
what_is_saved_is_loaded (void)
{
  g_autoptr(AltmPeople) people = altm_people_new ();
  g_autoptr(AltmPeople) other = altm_people_new ();
  g_autoptr(json_t) data = NULL;
  g_autoptr(json_t) none = NULL;

  altm_people_set_count (people, "ages", "12_17", 2);
  altm_people_set_count (people, "genders", "homme", 1);
  data = saved (people);
  altm_test_assert_json (json_object_get (data, "ages"), "{'12_17':2}");
  altm_test_assert_json (json_object_get (data, "genders"), "{'homme':1}");
  altm_people_load (other, data);
  g_assert_cmpint (altm_people_get (other), ==, 2);
  g_assert_cmpint (altm_people_get_count (other, "genders", "homme"), ==, 1);
  altm_people_set_count (other, "ages", "12_17", 0);
  none = saved (other);
  g_assert_null (json_object_get (none, "ages"));
}

static void
take_a_random_step (AltmPeople *people)
{
  static const char *const codes[][2] = { { "ages", "12_17" }, { "ages", "70_plus" }, { "genders", "femme" } };
  const char *const *code = codes[g_test_rand_int_range (0, G_N_ELEMENTS (codes))];
  int number = g_test_rand_int_range (-5, 600);

  switch (g_test_rand_int_range (0, 3))
    {
    case 0:
      altm_people_set (people, number);
      break;
    case 1:
      altm_people_set_count (people, code[0], code[1], number);
      break;
    default:
      altm_people_set_attempt (people, number % 2 == 0);
    }
}

/* What the record type says is the measure: its own check is asked after every step. */
static void
no_steps_lead_to_what_is_refused (void)
{
  const AltmRecordType *contact = altm_record_type_find ("contact");
  g_autoptr(AltmPeople) people = altm_people_new ();

  for (int i = 0; i < 5000; i++)
    {
      g_autoptr(json_t) data = NULL;
      g_autoptr(GError) error = NULL;

      take_a_random_step (people);
      data = saved (people);
      if (altm_people_get (people) == 0)
        json_object_set_new (data, "result", json_string ("injoignable"));
      contact->check (data, FALSE, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (altm_people_get (people), >=, 0);
      g_assert_cmpint (altm_people_get (people), <=, 500);
    }
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/people/the ages raise the people", the_ages_raise_the_people);
  g_test_add_func ("/people/stay above what is counted", the_people_stay_above_what_is_counted);
  g_test_add_func ("/people/an attempt may be with nobody", an_attempt_may_be_with_nobody);
  g_test_add_func ("/people/what is saved is loaded", what_is_saved_is_loaded);
  g_test_add_func ("/people/no steps lead to what is refused", no_steps_lead_to_what_is_refused);
  return g_test_run ();
}
