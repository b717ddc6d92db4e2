/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-test.h"

#define FINE (-1)
#define MISSING ALTM_RECORD_ERROR_MISSING_FIELD
#define WRONG_TYPE ALTM_RECORD_ERROR_WRONG_TYPE
#define OUT_OF_RANGE ALTM_RECORD_ERROR_OUT_OF_RANGE
#define UNKNOWN_CODE ALTM_RECORD_ERROR_UNKNOWN_CODE
#define INCONSISTENT ALTM_RECORD_ERROR_INCONSISTENT
#define PERSONAL ALTM_RECORD_ERROR_PERSONAL

#define LONG_120                                                                                                       \
  "éèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçù"
#define LONG_300 LONG_120 LONG_120 "éèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçùéèàçù"

#define TWENTY "'1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16','17','18','19','20'"

/* One valid record of each type; a case changes one field of it. */
static const struct
{
  const char *type;
  const char *data;
} bases[] = {
  { "shift", "{'channel':'bureau_poste'}" },
  { "contact", ALTM_TEST_CONTACT },
  { "referral", "{'structure_type':'ccas','status':'proposee','consent':false}" },
  { "flow", "{'office':'12945A','slot':'2026-11-24T17:15:00Z','counts':{'entres':3}}" },
  { "observation", "{'kind':'veille','subject':'eclairage'}" },
};

/* @value: the field's new value; NULL: the field is taken away. */
static const struct
{
  const char *type;
  const char *field;
  const char *value;
  int error;
} cases[] = {
  { "shift", "channel", "'telephone'", FINE },
  { "shift", "channel", NULL, MISSING },
  { "shift", "channel", "'velo'", UNKNOWN_CODE },
  { "shift", "channel", "''", UNKNOWN_CODE },
  { "shift", "channel", "3", WRONG_TYPE },
  { "shift", "channel", "null", WRONG_TYPE },
  { "shift", "ended", "'2026-11-24T18:12:03.123+01:00'", FINE },
  { "shift", "ended", "'2026-11-24'", WRONG_TYPE },
  { "shift", "ended", "1795540323", WRONG_TYPE },
  { "shift", "ended", "null", WRONG_TYPE },
  { "shift", "partners", "['m-17']", FINE },
  { "shift", "partners", "[]", FINE },
  { "shift", "partners", "['m-17','m-17']", OUT_OF_RANGE },
  { "shift", "partners", "['']", OUT_OF_RANGE },
  { "shift", "partners", "['1234567890123456789012345678901234567890']", FINE },
  { "shift", "partners", "['12345678901234567890123456789012345678901']", OUT_OF_RANGE },
  { "shift", "partners", "[" TWENTY "]", FINE },
  { "shift", "partners", "[" TWENTY ",'21']", OUT_OF_RANGE },
  { "shift", "partners", "[17]", WRONG_TYPE },
  { "shift", "partners", "'m-17'", WRONG_TYPE },
  { "shift", "newer", "[[[1]]]", FINE },

  { "contact", "channel", "'domicile'", FINE },
  { "contact", "channel", NULL, MISSING },
  { "contact", "channel", "'presence_active'", UNKNOWN_CODE },
  { "contact", "register", "'concertation'", FINE },
  { "contact", "register", NULL, MISSING },
  { "contact", "register", "'espace_public'", UNKNOWN_CODE },
  { "contact", "origin", "'aller_vers'", FINE },
  { "contact", "origin", "'autre'", UNKNOWN_CODE },
  { "contact", "origin", "['aller_vers']", WRONG_TYPE },
  { "contact", "public", "'enfant'", FINE },
  { "contact", "public", NULL, MISSING },
  { "contact", "public", "'Enfant'", UNKNOWN_CODE },
  { "contact", "people", "1", FINE },
  { "contact", "people", "500", FINE },
  { "contact", "people", "501", OUT_OF_RANGE },
  { "contact", "people", "-1", OUT_OF_RANGE },
  { "contact", "people", "0", INCONSISTENT },
  { "contact", "people", "2.0", WRONG_TYPE },
  { "contact", "people", "'2'", WRONG_TYPE },
  { "contact", "people", NULL, MISSING },
  { "contact", "ages", "{}", FINE },
  { "contact", "ages", "{'12_17':1,'70_plus':1}", FINE },
  { "contact", "ages", "{'12_17':0}", FINE },
  { "contact", "ages", "{'12_17':1,'70_plus':2}", INCONSISTENT },
  { "contact", "ages", "{'12_17':501}", OUT_OF_RANGE },
  { "contact", "ages", "{'12_17':-1}", OUT_OF_RANGE },
  { "contact", "ages", "{'12_18':1}", UNKNOWN_CODE },
  { "contact", "ages", "{'12_17':'1'}", WRONG_TYPE },
  { "contact", "ages", "['12_17']", WRONG_TYPE },
  { "contact", "genders", "{'femme':1,'homme':1}", FINE },
  { "contact", "genders", "{'femme':3}", INCONSISTENT },
  { "contact", "genders", "{'fille':1}", UNKNOWN_CODE },
  { "contact", "genders", "2", WRONG_TYPE },
  { "contact", "setting", "'piscine'", FINE },
  { "contact", "setting", "'autre'", UNKNOWN_CODE },
  { "contact", "themes", "[]", FINE },
  { "contact", "themes", "['sante','budget','langue']", FINE },
  { "contact", "themes", "['sante','budget','langue','mobilite']", OUT_OF_RANGE },
  { "contact", "themes", "['sante','sante']", OUT_OF_RANGE },
  { "contact", "themes", "['sante','none']", UNKNOWN_CODE },
  { "contact", "themes", "['sante',2]", WRONG_TYPE },
  { "contact", "themes", "'sante'", WRONG_TYPE },
  { "contact", "school_themes", "['harcelement','decrochage']", FINE },
  { "contact", "school_themes", "['harcelement','decrochage','absenteisme']", OUT_OF_RANGE },
  { "contact", "school_themes", "['sante']", UNKNOWN_CODE },
  { "contact", "conflict_mode", "'prevention'", FINE },
  { "contact", "conflict_mode", "'ecoute'", UNKNOWN_CODE },
  { "contact", "actions", "['ecoute','information','orientation','mise_en_relation']", FINE },
  { "contact", "actions", "['danse']", UNKNOWN_CODE },
  { "contact", "actions", "{}", WRONG_TYPE },
  { "contact", "campaign", "'canicule'", FINE },
  { "contact", "campaign", "'masques'", UNKNOWN_CODE },
  { "contact", "campaign", "1", WRONG_TYPE },
  { "contact", "result", "'resolu'", FINE },
  { "contact", "result", "'injoignable'", FINE },
  { "contact", "result", "'inconnu'", UNKNOWN_CODE },
  { "contact", "minutes", "1", FINE },
  { "contact", "minutes", "720", FINE },
  { "contact", "minutes", "0", OUT_OF_RANGE },
  { "contact", "minutes", "721", OUT_OF_RANGE },
  { "contact", "minutes", "1.5", WRONG_TYPE },

  { "referral", "contact", "'017f22e2-79b0-7cc3-98c4-dc0c0c07398f'", FINE },
  { "referral", "contact", "'017f22e2-79b0-4cc3-98c4-dc0c0c07398f'", WRONG_TYPE },
  { "referral", "contact", "7", WRONG_TYPE },
  { "referral", "structure", "'adil-42218-01'", FINE },
  { "referral", "structure", "'adil-none'", UNKNOWN_CODE },
  { "referral", "structure", "true", WRONG_TYPE },
  { "referral", "structure_type", "'mairie'", FINE },
  { "referral", "structure_type", NULL, MISSING },
  { "referral", "structure_type", "'mosquee'", UNKNOWN_CODE },
  { "referral", "theme", "'logement'", FINE },
  { "referral", "theme", "'none'", UNKNOWN_CODE },
  { "referral", "theme", "'retire'", FINE },
  { "referral", "mode", "'rdv_pris'", FINE },
  { "referral", "mode", "'none'", UNKNOWN_CODE },
  { "referral", "status", "'close'", FINE },
  { "referral", "status", "'ouverte'", UNKNOWN_CODE },
  { "referral", "status", NULL, MISSING },
  { "referral", "due", "'2026-12-01'", FINE },
  { "referral", "due", "'2026-02-30'", WRONG_TYPE },
  { "referral", "due", "'2026-12-01T10:00:00Z'", WRONG_TYPE },
  { "referral", "due", "20261201", WRONG_TYPE },
  { "referral", "public", "'habitant'", FINE },
  { "referral", "public", "'enfant'", FINE },
  { "referral", "public", "'none'", UNKNOWN_CODE },
  { "referral", "public", "[]", FINE },
  { "referral", "consent_of", "'none'", UNKNOWN_CODE },
  { "referral", "consent_of", "'personne'", INCONSISTENT },
  { "referral", "consent_of", "true", WRONG_TYPE },
  { "referral", "consent_of", NULL, FINE },
  { "referral", "consent", "true", FINE },
  { "referral", "consent", "'oui'", WRONG_TYPE },
  { "referral", "consent", "1", WRONG_TYPE },
  { "referral", "consent", NULL, MISSING },
  { "referral", "reference", "'A'", FINE },
  { "referral", "reference", "'ABC-123-XYZ9'", FINE },
  { "referral", "reference", "'ABC-123-XYZ90'", OUT_OF_RANGE },
  { "referral", "reference", "''", OUT_OF_RANGE },
  { "referral", "reference", "'abc'", OUT_OF_RANGE },
  { "referral", "reference", "'A B'", OUT_OF_RANGE },
  { "referral", "reference", "12", WRONG_TYPE },

  { "flow", "office", "'13181A'", FINE },
  { "flow", "office", "'QN06913M'", UNKNOWN_CODE },
  { "flow", "office", "'00000A'", UNKNOWN_CODE },
  { "flow", "office", "12945", WRONG_TYPE },
  { "flow", "office", NULL, MISSING },
  { "flow", "slot", "'2026-11-24T18:15:00+01:00'", FINE },
  { "flow", "slot", "'2026-11-24T17:16:00Z'", OUT_OF_RANGE },
  { "flow", "slot", "'2026-11-24T17:15:00.5Z'", OUT_OF_RANGE },
  { "flow", "slot", "'17:15'", WRONG_TYPE },
  { "flow", "slot", "0", WRONG_TYPE },
  { "flow", "slot", NULL, MISSING },
  { "flow", "counts", "{'entres':100000,'file_max':0}", FINE },
  { "flow", "counts", "{}", FINE },
  { "flow", "counts", "{'entres':100001}", OUT_OF_RANGE },
  { "flow", "counts", "{'entres':-1}", OUT_OF_RANGE },
  { "flow", "counts", "{'sortis':1}", UNKNOWN_CODE },
  { "flow", "counts", "{'entres':1.5}", WRONG_TYPE },
  { "flow", "counts", "3", WRONG_TYPE },
  { "flow", "counts", NULL, MISSING },

  { "observation", "kind", "'incident'", UNKNOWN_CODE },
  { "observation", "kind", "'rumeur'", OUT_OF_RANGE },
  { "observation", "kind", "''", OUT_OF_RANGE },
  { "observation", "kind", "1", WRONG_TYPE },
  { "observation", "kind", NULL, MISSING },
  { "observation", "kind", "'veille'", FINE },
  { "observation", "subject", "'proprete'", FINE },
  { "observation", "subject", "'menaces'", UNKNOWN_CODE },
  { "observation", "subject", "7", WRONG_TYPE },
  { "observation", "subject", NULL, MISSING },
  { "observation", "what", "'a'", FINE },
  { "observation", "what", "'" LONG_120 "'", FINE },
  { "observation", "what", "'" LONG_120 "a'", OUT_OF_RANGE },
  { "observation", "what", "''", OUT_OF_RANGE },
  { "observation", "what", "{}", WRONG_TYPE },
  { "observation", "what", "'12 personnes, bus 27, le 24/11/2026 à 18h30, 69003 Lyon'", FINE },
  { "observation", "what", "'appeler le 04 78 12 34 56 ou le 3919'", FINE },
  { "observation", "what", "'écrire à jean@exemple.fr'", PERSONAL },
  { "observation", "what", "'2 55 08 14 168 025 38'", PERSONAL },
  { "observation", "what", "'FR14 2004 1010 0505 0001 3M02 606'", PERSONAL },
  { "observation", "where", "'" LONG_120 "'", FINE },
  { "observation", "where", "'" LONG_120 "a'", OUT_OF_RANGE },
  { "observation", "where", "''", OUT_OF_RANGE },
  { "observation", "where", "'chez jean@exemple.fr'", PERSONAL },
  { "observation", "where", "false", WRONG_TYPE },
  { "observation", "setting", "'transport'", FINE },
  { "observation", "setting", "'lune'", UNKNOWN_CODE },
  { "observation", "urgency", "'jour'", FINE },
  { "observation", "urgency", "'hier'", UNKNOWN_CODE },
  { "observation", "reported_to", "'bailleur'", FINE },
  { "observation", "reported_to", "'roi'", UNKNOWN_CODE },
};

/* The built-in lists with a campaign and a code that is retired. */
static AltmLists *
make_lists (void)
{
  g_autoptr(AltmLists) built_in = altm_lists_new_built_in (NULL);
  g_autoptr(json_t) root = json_deep_copy (altm_lists_get_root (built_in));
  json_t *themes = json_object_get (json_object_get (root, "vocabulary"), "theme");

  json_array_append_new (json_object_get (root, "campaigns"), altm_test_json ("{'code':'canicule'}"));
  json_array_append_new (themes, altm_test_json ("{'code':'retire','retired':true}"));
  return altm_lists_new (root, NULL);
}

static json_t *
make_base (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bases); i++)
    if (strcmp (bases[i].type, type) == 0)
      return altm_test_json (bases[i].data);
  g_assert_not_reached ();
}

static void
assert_judged (const char *type, json_t *data, gboolean has_private, int code)
{
  g_autoptr(AltmLists) lists = make_lists ();
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (altm_record_check_data (altm_record_type_find (type), data, has_private, lists, &error), ==,
                   code == FINE);
  if (code == FINE)
    g_assert_no_error (error);
  else
    g_assert_error (error, ALTM_RECORD_ERROR, code);
}

static void
each_base_is_valid (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bases); i++)
    {
      g_autoptr(json_t) data = make_base (bases[i].type);

      assert_judged (bases[i].type, data, FALSE, FINE);
    }
}

static void
each_field_is_judged (gconstpointer type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) data = make_base (cases[i].type);

      if (strcmp (type, cases[i].type) != 0)
        continue;
      g_test_message ("%s %s", cases[i].field, cases[i].value);
      if (cases[i].value == NULL)
        json_object_del (data, cases[i].field);
      else
        json_object_set_new (data, cases[i].field, altm_test_value (cases[i].value));
      assert_judged (cases[i].type, data, FALSE, cases[i].error);
    }
}

static gboolean
has_case (const char *type, const char *field, gboolean is_fine)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (strcmp (cases[i].type, type) == 0 && strcmp (cases[i].field, field) == 0 &&
        (cases[i].error == FINE) == is_fine)
      return TRUE;
  return FALSE;
}

static void
the_table_has_every_field_both_ways (void)
{
  gsize n;
  const AltmRecordType *types = altm_record_types (&n);

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (bases));
  for (gsize i = 0; i < n; i++)
    for (const AltmField *field = types[i].fields; field->name != NULL; field++)
      {
        g_test_message ("%s %s", types[i].name, field->name);
        g_assert_true (has_case (types[i].name, field->name, TRUE));
        g_assert_true (has_case (types[i].name, field->name, FALSE));
      }
}

static void
errors_name_their_field (void)
{
  g_autoptr(AltmLists) lists = make_lists ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(json_t) data = make_base (cases[i].type);
      g_autoptr(GError) error = NULL;

      if (cases[i].value == NULL || cases[i].error == FINE || strcmp (cases[i].field, "kind") == 0)
        continue;
      json_object_set_new (data, cases[i].field, altm_test_value (cases[i].value));
      altm_record_check_data (altm_record_type_find (cases[i].type), data, FALSE, lists, &error);
      g_assert_true (g_str_has_prefix (error->message, cases[i].field));
    }
}

static void
fields_agree_with_each_other (void)
{
  static const struct
  {
    const char *type;
    const char *change;
    gboolean has_private;
    int error;
  } rules[] = {
    { "contact", "{'people':0,'result':'injoignable'}", FALSE, FINE },
    { "contact", "{'people':0,'result':'refus'}", FALSE, INCONSISTENT },
    { "contact", "{'people':0,'result':'injoignable','ages':{'12_17':1}}", FALSE, INCONSISTENT },
    { "contact", "{'people':3,'ages':{'12_17':1,'18_24':2},'genders':{'femme':3}}", FALSE, FINE },
    { "contact", "{'people':3,'ages':{'12_17':3},'genders':{'femme':2,'homme':2}}", FALSE, INCONSISTENT },
    { "contact", "{}", TRUE, FINE },
    { "referral", "{'structure':'adil-42218-01','structure_type':'adil'}", FALSE, FINE },
    { "referral", "{'consent':true}", TRUE, FINE },
    { "referral", "{'consent':false}", TRUE, ALTM_RECORD_ERROR_NO_CONSENT },
    { "referral", "{'consent':true,'consent_of':'personne'}", TRUE, FINE },
    { "referral", "{'consent':true,'consent_of':'parent'}", FALSE, FINE },
    { "referral", "{'consent':true,'public':'senior'}", TRUE, FINE },
    { "referral", "{'consent':true,'public':'enfant'}", TRUE, INCONSISTENT },
    { "referral", "{'consent':true,'public':'enfant'}", FALSE, INCONSISTENT },
    { "referral", "{'consent':true,'public':'enfant','consent_of':'personne'}", TRUE, INCONSISTENT },
    { "referral", "{'consent':true,'public':'enfant','consent_of':'parent'}", TRUE, FINE },
    { "referral", "{'consent':true,'public':'enfant','consent_of':'responsable_legal'}", TRUE, FINE },
    { "referral", "{'consent':false,'public':'enfant','consent_of':'parent'}", FALSE, INCONSISTENT },
    { "referral", "{'consent':false,'public':'enfant','consent_of':'parent'}", TRUE, ALTM_RECORD_ERROR_NO_CONSENT },
    { "referral", "{'consent':false,'public':'enfant'}", FALSE, FINE },
    { "observation", "{'kind':'incident','subject':'menaces'}", FALSE, FINE },
    { "observation", "{'kind':'incident','subject':'eclairage'}", FALSE, UNKNOWN_CODE },
    { "observation", "{'kind':'incident','subject':'autre'}", TRUE, FINE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr(json_t) data = make_base (rules[i].type);
      g_autoptr(json_t) change = altm_test_json (rules[i].change);

      g_test_message ("%s", rules[i].change);
      json_object_update (data, change);
      assert_judged (rules[i].type, data, rules[i].has_private, rules[i].error);
    }
}

/* Lists of before there were any of agreements: a referral says that there is one, and not whose. */
static void
older_lists_know_of_no_agreement (void)
{
  g_autoptr(AltmLists) newer = make_lists ();
  g_autoptr(json_t) root = json_deep_copy (altm_lists_get_root (newer));
  g_autoptr(AltmLists) older = NULL;
  g_autoptr(json_t) data = make_base ("referral");
  g_autoptr(GError) error = NULL;

  json_object_del (json_object_get (root, "vocabulary"), "accord");
  older = altm_lists_new (root, NULL);
  json_object_set_new (data, "consent", json_true ());
  g_assert_true (altm_record_check_data (altm_record_type_find ("referral"), data, TRUE, older, &error));
  json_object_set_new (data, "consent_of", json_string ("parent"));
  g_assert_false (altm_record_check_data (altm_record_type_find ("referral"), data, TRUE, older, &error));
  g_assert_error (error, ALTM_RECORD_ERROR, UNKNOWN_CODE);
}

/* What was found is nowhere else but in the text: not in the reason, which goes into logs. */
static void
a_reason_does_not_repeat_what_identifies (void)
{
  g_autoptr(AltmLists) lists = make_lists ();
  g_autoptr(json_t) data = make_base ("observation");
  g_autoptr(GError) error = NULL;

  json_object_set_new (data, "what", json_string ("jean@exemple.fr"));
  altm_record_check_data (altm_record_type_find ("observation"), data, FALSE, lists, &error);
  g_assert_error (error, ALTM_RECORD_ERROR, PERSONAL);
  g_assert_null (strstr (error->message, "jean"));
}

/* Sealed texts may hold what the mediator was warned about: a judgement is theirs. */
static void
sealed_texts_are_not_refused (void)
{
  g_autoptr(json_t) note = altm_test_json ("{'note':'jean@exemple.fr, 06 12 34 56 78'}");
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_record_check_private (altm_record_type_find ("contact"), note, &error));
  g_assert_no_error (error);
}

static void
a_structure_stands_in_for_its_type (void)
{
  g_autoptr(json_t) data = altm_test_json ("{'structure':'adil-42218-01','status':'proposee','consent':false}");

  assert_judged ("referral", data, FALSE, FINE);
}

static void
private_fields_are_judged (void)
{
  static const struct
  {
    const char *type;
    const char *private;
    int error;
  } privates[] = {
    { "contact", "{'note':'a'}", FINE },
    { "contact", "{}", FINE },
    { "contact", "{'note':'" LONG_300 "'}", FINE },
    { "contact", "{'note':'" LONG_300 "a'}", OUT_OF_RANGE },
    { "contact", "{'note':''}", OUT_OF_RANGE },
    { "contact", "{'note':7}", WRONG_TYPE },
    { "contact", "{'name':'a'}", ALTM_RECORD_ERROR_UNKNOWN_FIELD },
    { "contact", "'note'", WRONG_TYPE },
    { "contact", "null", WRONG_TYPE },
    { "observation", "{'note':'" LONG_300 "'}", FINE },
    { "observation", "{'note':'" LONG_300 "a'}", OUT_OF_RANGE },
    { "referral", "{'name':'" LONG_120 "','phone':'+33 4 00 00 00 00','purpose':'" LONG_300 "'}", FINE },
    { "referral", "{'name':'" LONG_120 "a'}", OUT_OF_RANGE },
    { "referral", "{'phone':'123456789012345678901234567890'}", FINE },
    { "referral", "{'phone':'1234567890123456789012345678901'}", OUT_OF_RANGE },
    { "referral", "{'purpose':'" LONG_300 "a'}", OUT_OF_RANGE },
    { "referral", "{'note':'a'}", ALTM_RECORD_ERROR_UNKNOWN_FIELD },
    { "shift", "{'note':'a'}", ALTM_RECORD_ERROR_UNKNOWN_FIELD },
    { "flow", "{'note':'a'}", ALTM_RECORD_ERROR_UNKNOWN_FIELD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (privates); i++)
    {
      g_autoptr(json_t) private = altm_test_value (privates[i].private);
      g_autoptr(GError) error = NULL;

      g_test_message ("%s %s", privates[i].type, privates[i].private);
      altm_record_check_private (altm_record_type_find (privates[i].type), private, &error);
      if (privates[i].error == FINE)
        g_assert_no_error (error);
      else
        g_assert_error (error, ALTM_RECORD_ERROR, privates[i].error);
    }
}

static void
the_tablet_has_no_field_of_its_own (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bases); i++)
    {
      const AltmRecordType *type = altm_record_type_find (bases[i].type);
      g_autoptr(json_t) data = make_base (bases[i].type);
      g_autoptr(GError) error = NULL;

      g_assert_true (altm_record_check_known (type, data, &error));
      json_object_set_new (data, "note", json_string ("a"));
      g_assert_false (altm_record_check_known (type, data, &error));
      g_assert_error (error, ALTM_RECORD_ERROR, ALTM_RECORD_ERROR_UNKNOWN_FIELD);
    }
}

static void
places_are_judged (void)
{
  static const struct
  {
    const char *place;
    gboolean is_fine;
  } places[] = {
    { ALTM_TEST_PLACE, TRUE }, { ALTM_TEST_OFFICE, TRUE }, { "insee:69123", TRUE }, { "insee:2A004", TRUE },
    { "insee:2B033", TRUE },   { "insee:97411", TRUE },    { "insee:2C004", FALSE }, { "insee:A2004", FALSE },
    { "insee:6912", FALSE },   { "insee:691234", FALSE },  { "insee:", FALSE },      { "insee", FALSE },
    { "QN00000M", FALSE },     { "", FALSE },              { "p-mazagran", FALSE },  { "INSEE:69123", FALSE },
  };
  g_autoptr(AltmLists) lists = make_lists ();

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", places[i].place);
      g_assert_cmpint (altm_record_check_place (places[i].place, lists, &error), ==, places[i].is_fine);
      if (!places[i].is_fine)
        g_assert_error (error, ALTM_RECORD_ERROR, UNKNOWN_CODE);
    }
}

static void
types_are_found_by_their_name (void)
{
  gsize n;
  const AltmRecordType *types = altm_record_types (&n);

  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (altm_record_type_find (types[i].name) == &types[i]);
      g_assert_cmpint (types[i].needs_place, ==, strcmp (types[i].name, "shift") == 0);
    }
  g_assert_null (altm_record_type_find ("visit"));
  g_assert_null (altm_record_type_find (NULL));
}

static void
every_error_has_its_own_name (void)
{
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = ALTM_RECORD_ERROR_NOT_JSON; code <= ALTM_RECORD_ERROR_REVOKED; code++)
    g_assert_true (g_hash_table_add (names, (gpointer) altm_record_error_name (code)));
  g_assert_cmpstr (altm_record_error_name (UNKNOWN_CODE), ==, "unknown-code");
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/record/bases", each_base_is_valid);
  for (gsize i = 0; i < G_N_ELEMENTS (bases); i++)
    {
      g_autofree char *path = g_strconcat ("/record/fields/", bases[i].type, NULL);

      g_test_add_data_func (path, bases[i].type, each_field_is_judged);
    }
  g_test_add_func ("/record/fields/covered", the_table_has_every_field_both_ways);
  g_test_add_func ("/record/fields/named", errors_name_their_field);
  g_test_add_func ("/record/rules", fields_agree_with_each_other);
  g_test_add_func ("/record/consent/older-lists", older_lists_know_of_no_agreement);
  g_test_add_func ("/record/personal/reason", a_reason_does_not_repeat_what_identifies);
  g_test_add_func ("/record/personal/sealed", sealed_texts_are_not_refused);
  g_test_add_func ("/record/rules/structure", a_structure_stands_in_for_its_type);
  g_test_add_func ("/record/private", private_fields_are_judged);
  g_test_add_func ("/record/known", the_tablet_has_no_field_of_its_own);
  g_test_add_func ("/record/places", places_are_judged);
  g_test_add_func ("/record/types", types_are_found_by_their_name);
  g_test_add_func ("/record/error-names", every_error_has_its_own_name);
  return g_test_run ();
}
