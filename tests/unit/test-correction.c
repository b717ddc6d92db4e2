/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-correction.h"
#include "altm-test.h"

/* A record with more than its form knows: minutes, and a theme that is offered no more. */
#define BEFORE                                                                                                               \
  "{'channel':'espace_public','register':'presence_active','public':'habitant','people':2,'minutes':20,"                     \
  "'themes':['autre','sante'],'result':'apaise'}"
#define SHOWN "{'channel':'espace_public','public':'habitant','people':2,'themes':['autre'],'result':'apaise'}"

static json_t *
begin (const char *shown)
{
  g_autoptr(json_t) data = altm_test_json (BEFORE);
  const AltmLine line = { .id = "0192f0c1-7b6a-7c3e-9d2f-3b1f6c0a9e11", .type = "contact", .at = "2026-11-24T10:00:00+01:00",
                          .data = data };
  g_autoptr(AltmDraft) draft = altm_correction_begin (&line);

  g_assert_null (draft->form);
  g_assert_cmpstr (altm_json_get_string (json_object_get (draft->data, "origin"), "begun"), ==, line.at);
  return altm_correction_take (draft, altm_test_json (shown));
}

static void
assert_corrected (json_t *correction, const char *entered, const char *expected)
{
  g_autoptr(json_t) data = altm_correction_apply (correction, altm_test_json (entered));

  altm_test_assert_json (data, expected);
}

static void
what_was_not_touched_stays (void)
{
  g_autoptr(json_t) correction = begin (SHOWN);

  assert_corrected (correction, SHOWN, BEFORE);
}

static void
what_was_changed_added_or_taken_away_is (void)
{
  g_autoptr(json_t) correction = begin (SHOWN);

  assert_corrected (correction,
                    "{'channel':'espace_public','public':'famille','people':3,'themes':['autre'],'actions':['ecoute']}",
                    "{'channel':'espace_public','register':'presence_active','public':'famille','people':3,'minutes':20,"
                    "'themes':['autre','sante'],'actions':['ecoute']}");
}

/* As after a crash: what the form showed at first is the draft's, not what stands in it now. */
static void
a_correction_goes_on_from_its_draft (void)
{
  g_autoptr(json_t) correction = begin (SHOWN);
  g_autoptr(AltmDraft) draft = g_new0 (AltmDraft, 1);
  g_autoptr(json_t) again = NULL;

  draft->data = json_object ();
  altm_correction_keep (correction, draft->data);
  again = altm_correction_take (draft, altm_test_json ("{'people':5}"));
  assert_corrected (again, SHOWN, BEFORE);
}

static void
a_new_record_is_as_it_was_entered (void)
{
  g_autoptr(AltmDraft) draft = g_new0 (AltmDraft, 1);

  draft->data = json_object ();
  altm_correction_keep (NULL, draft->data);
  g_assert_null (altm_correction_take (draft, altm_test_json (SHOWN)));
  assert_corrected (NULL, SHOWN, SHOWN);
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/correction/untouched", what_was_not_touched_stays);
  g_test_add_func ("/correction/changed", what_was_changed_added_or_taken_away_is);
  g_test_add_func ("/correction/draft", a_correction_goes_on_from_its_draft);
  g_test_add_func ("/correction/new", a_new_record_is_as_it_was_entered);
  return g_test_run ();
}
