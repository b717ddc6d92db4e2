/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-list-kind.h"

#include <string.h>

#define REQUIRED TRUE
#define OPTIONAL FALSE
#define VOCABULARY "vocabulary"

static const AltmListField vocabulary_fields[] = {
  { "code", "Code", ALTM_LIST_FIELD_KEY, REQUIRED, 40 },
  { "label_fr", "Libellé français", ALTM_LIST_FIELD_TEXT, REQUIRED, 100 },
  { "label_en", "Libellé anglais", ALTM_LIST_FIELD_TEXT, REQUIRED, 100 },
  { "short_fr", "Libellé court français", ALTM_LIST_FIELD_TEXT, OPTIONAL, 18 },
  { "short_en", "Libellé court anglais", ALTM_LIST_FIELD_TEXT, OPTIONAL, 18 },
  { "retired", "Retiré", ALTM_LIST_FIELD_BOOLEAN, OPTIONAL },
  { NULL },
};

static const AltmListField place_fields[] = {
  { "id", "Identifiant", ALTM_LIST_FIELD_KEY, REQUIRED, 64 },
  { "kind", "Genre", ALTM_LIST_FIELD_CHOICE, REQUIRED, 0, "school other post_office qpv commune" },
  { "name", "Nom", ALTM_LIST_FIELD_TEXT, REQUIRED, 100 },
  { "insee", "Code INSEE", ALTM_LIST_FIELD_COMMUNE, REQUIRED },
  { "commune", "Commune", ALTM_LIST_FIELD_TEXT, REQUIRED, 200 },
  { "territory", "Territoire", ALTM_LIST_FIELD_TEXT, OPTIONAL, 60 },
  { "qpv", "Quartier prioritaire", ALTM_LIST_FIELD_QPV, OPTIONAL },
  { "address", "Adresse", ALTM_LIST_FIELD_TEXT, OPTIONAL, 200 },
  { "postcode", "Code postal", ALTM_LIST_FIELD_POSTCODE, OPTIONAL },
  { "lat", "Latitude", ALTM_LIST_FIELD_LATITUDE, OPTIONAL },
  { "lon", "Longitude", ALTM_LIST_FIELD_LONGITUDE, OPTIONAL },
  { "retired", "Retiré", ALTM_LIST_FIELD_BOOLEAN, OPTIONAL },
  { NULL },
};

static const AltmListField structure_fields[] = {
  { "id", "Identifiant", ALTM_LIST_FIELD_KEY, REQUIRED, 64 },
  { "type", "Type", ALTM_LIST_FIELD_CODE, REQUIRED, 0, "structure_type" },
  { "name", "Nom", ALTM_LIST_FIELD_TEXT, REQUIRED, 200 },
  { "address", "Adresse", ALTM_LIST_FIELD_TEXT, OPTIONAL, 200 },
  { "postcode", "Code postal", ALTM_LIST_FIELD_POSTCODE, OPTIONAL },
  { "commune", "Commune", ALTM_LIST_FIELD_TEXT, OPTIONAL, 100 },
  { "insee", "Code INSEE", ALTM_LIST_FIELD_INSEE, OPTIONAL },
  { "phone", "Téléphone", ALTM_LIST_FIELD_PHONE, OPTIONAL },
  { "hours", "Horaires", ALTM_LIST_FIELD_LINES, OPTIONAL, 400 },
  { "to_check", "À vérifier", ALTM_LIST_FIELD_BOOLEAN, OPTIONAL },
  { "lat", "Latitude", ALTM_LIST_FIELD_LATITUDE, OPTIONAL },
  { "lon", "Longitude", ALTM_LIST_FIELD_LONGITUDE, OPTIONAL },
  { "source", "Source", ALTM_LIST_FIELD_TEXT, OPTIONAL, 60 },
  { "source_date", "Date de la source", ALTM_LIST_FIELD_TEXT, OPTIONAL, 10 },
  { "retired", "Retiré", ALTM_LIST_FIELD_BOOLEAN, OPTIONAL },
  { NULL },
};

static const AltmListField need_fields[] = {
  { "theme", "Thème", ALTM_LIST_FIELD_KEY, REQUIRED, 40, "theme" },
  { "structure_types", "Types de structure", ALTM_LIST_FIELD_CODES, REQUIRED, 0, "structure_type" },
  { NULL },
};

static const AltmListField mediator_fields[] = {
  { "code", "Code", ALTM_LIST_FIELD_KEY, REQUIRED, 32 },
  { "name", "Nom", ALTM_LIST_FIELD_TEXT, REQUIRED, 80 },
  { "team", "Équipe", ALTM_LIST_FIELD_TEXT, OPTIONAL, 60 },
  { "retired", "Retiré", ALTM_LIST_FIELD_BOOLEAN, OPTIONAL },
  { NULL },
};

static const AltmListField campaign_fields[] = {
  { "code", "Code", ALTM_LIST_FIELD_KEY, REQUIRED, 40 },
  { "label_fr", "Libellé français", ALTM_LIST_FIELD_TEXT, REQUIRED, 80 },
  { "label_en", "Libellé anglais", ALTM_LIST_FIELD_TEXT, REQUIRED, 80 },
  { "say_fr", "À dire", ALTM_LIST_FIELD_LINES, OPTIONAL, 600 },
  { "from", "Du", ALTM_LIST_FIELD_DATE, OPTIONAL },
  { "to", "Au", ALTM_LIST_FIELD_DATE, OPTIONAL },
  { "retired", "Retiré", ALTM_LIST_FIELD_BOOLEAN, OPTIONAL },
  { NULL },
};

/* What a place is known by says what it is: records name the id alone (PROTOCOL.md, a line's `place`). */
static gboolean
has_id_of_its_kind (json_t *entry)
{
  static const struct
  {
    const char *kind;
    const char *prefix;
  } ids[] = { { "qpv", "QN" }, { "commune", "insee:" }, { "school", "p-" }, { "other", "p-" } };
  const char *kind = altm_json_get_string (entry, "kind"), *id = altm_json_get_string (entry, "id");
  gboolean is_free = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    if (strcmp (kind, ids[i].kind) == 0)
      return g_str_has_prefix (id, ids[i].prefix);
    else if (g_str_has_prefix (id, ids[i].prefix))
      is_free = FALSE;
  return is_free;
}

static const char *
check_place (AltmLists *lists, json_t *entry, const char **field)
{
  const char *insee = altm_json_get_string (entry, "insee");
  gboolean is_commune = strcmp (altm_json_get_string (entry, "kind"), "commune") == 0;
  g_autofree char *id = g_strconcat ("insee:", is_commune ? insee : altm_lists_fold_arrondissement (insee), NULL);

  *field = "id";
  if (!has_id_of_its_kind (entry) || (is_commune && strcmp (altm_json_get_string (entry, "id"), id) != 0))
    return "id-of-another-kind";
  *field = "insee";
  return is_commune || altm_lists_find_place (lists, id) != NULL ? NULL : "unknown-commune";
}

static const char *
check_campaign (AltmLists *lists, json_t *entry, const char **field)
{
  const char *from = altm_json_get_string (entry, "from"), *to = altm_json_get_string (entry, "to");

  *field = "to";
  return from != NULL && to != NULL && strcmp (to, from) < 0 ? "ends-before-it-begins" : NULL;
}

static const AltmListKind kinds[] = {
  { "places", "^(QN[0-9A-Z]{6}|insee:[0-9][0-9AB][0-9]{3}|p-[a-z0-9-]+|[0-9A-Z]{4,12})$", "name", ALTM_ROLE_MANAGER, place_fields,
    check_place },
  { "structures", "^[A-Za-z0-9_.-]+$", "name", ALTM_ROLE_MANAGER, structure_fields, NULL },
  { "campaigns", "^[a-z0-9_-]+$", "label_fr", ALTM_ROLE_MANAGER, campaign_fields, check_campaign },
  { "mediators", "^[A-Za-z0-9._-]+$", "name", ALTM_ROLE_DIRECTION, mediator_fields, NULL },
  { "needs", "^[a-z0-9_]+$", "theme", ALTM_ROLE_DIRECTION, need_fields, NULL },
  { VOCABULARY, "^[a-z0-9_]+$", "label_fr", ALTM_ROLE_DIRECTION, vocabulary_fields, NULL },
};

/* Codes that the programs name themselves: the counting rules (altm-facts.c, altm-sums.c), whose agreement is enough
 * (altm-record-type.c), which referrals are closed (altm-follow-up.c), and what the app sets or asks by (app/). */
static const struct
{
  const char *list;
  const char *codes[9];
} relied_on[] = {
  { "canal", { "telephone", "espace_public", "bureau_poste" } },
  { "public", { "enfant", "parent_famille", "habitant", "client_poste" } },
  { "registre", { "situations_conflictuelles", "informer_sensibiliser" } },
  { "resultat", { "injoignable", "oriente" } },
  { "action", { "orientation" } },
  { "accord", { "personne", "parent", "responsable_legal" } },
  { "urgence", { "immediate" } },
  { "poste_compteur", { "entres", "file_max", "attente_max_min", "incidents" } },
  { "orientation_statut",
    { "proposee", "acceptee", "refusee", "transmise", "prise_en_charge", "non_honoree", "sans_retour", "close" } },
};

/**
 * altm_list_kind_find:
 * @list: (nullable): `places`, `structures`, `campaigns`, `mediators`, `needs`, or a list of the vocabulary
 *
 * Returns: (transfer none) (nullable): what it holds; %NULL where there is no such list
 */
const AltmListKind *
altm_list_kind_find (AltmLists *lists, const char *list)
{
  const AltmListKind *vocabulary = &kinds[G_N_ELEMENTS (kinds) - 1];

  if (list == NULL)
    return NULL;
  for (gsize i = 0; i + 1 < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, list) == 0)
      return &kinds[i];
  return json_is_array (altm_lists_get_vocabulary (lists, list)) ? vocabulary : NULL;
}

/**
 * altm_list_kind_find_field:
 *
 * Returns: (transfer none) (nullable): the field of that name
 */
const AltmListField *
altm_list_kind_find_field (const AltmListKind *self, const char *name)
{
  for (const AltmListField *field = self->fields; field->name != NULL; field++)
    if (strcmp (field->name, name) == 0)
      return field;
  return NULL;
}

/**
 * altm_list_kind_get_entries:
 * @root: the lists as `GET /v1/reference` answers them
 *
 * Returns: (transfer none) (nullable): the entries of the list, an array
 */
json_t *
altm_list_kind_get_entries (json_t *root, const char *list)
{
  json_t *own = json_object_get (json_object_get (root, VOCABULARY), list);

  return own != NULL ? own : json_object_get (root, list);
}

/**
 * altm_list_kind_set_entries:
 * @root: a shallow copy of the lists, of its own; its vocabulary may be others' too, and is copied
 * @entries: (transfer full): the entries that the list then has
 */
void
altm_list_kind_set_entries (json_t *root, const char *list, json_t *entries)
{
  json_t *vocabulary = json_object_get (root, VOCABULARY);

  if (json_object_get (vocabulary, list) == NULL)
    {
      json_object_set_new (root, list, entries);
      return;
    }
  vocabulary = json_copy (vocabulary);
  json_object_set_new (vocabulary, list, entries);
  json_object_set_new (root, VOCABULARY, vocabulary);
}

/**
 * altm_list_kind_name_all:
 *
 * Returns: (transfer full): the names of all lists, those of the vocabulary last
 */
json_t *
altm_list_kind_name_all (AltmLists *lists)
{
  json_t *names = json_array ();
  const char *list;
  json_t *entries;

  for (gsize i = 0; i + 1 < G_N_ELEMENTS (kinds); i++)
    json_array_append_new (names, json_string (kinds[i].name));
  json_object_foreach (json_object_get (altm_lists_get_root (lists), VOCABULARY), list, entries)
    json_array_append_new (names, json_string (list));
  return names;
}

/**
 * altm_list_kind_describe:
 *
 * Returns: (transfer full): its fields for a page, an array of {"name", "kind", "required", "most", "list"}
 */
json_t *
altm_list_kind_describe (const AltmListKind *self)
{
  static const char *const names[ALTM_N_LIST_FIELD_KINDS] = {
    [ALTM_LIST_FIELD_TEXT] = "text",         [ALTM_LIST_FIELD_LINES] = "lines",
    [ALTM_LIST_FIELD_KEY] = "key",           [ALTM_LIST_FIELD_CHOICE] = "choice",
    [ALTM_LIST_FIELD_CODE] = "code",         [ALTM_LIST_FIELD_CODES] = "codes",
    [ALTM_LIST_FIELD_COMMUNE] = "commune",   [ALTM_LIST_FIELD_INSEE] = "insee",
    [ALTM_LIST_FIELD_POSTCODE] = "postcode", [ALTM_LIST_FIELD_PHONE] = "phone",
    [ALTM_LIST_FIELD_DATE] = "date",         [ALTM_LIST_FIELD_LATITUDE] = "latitude",
    [ALTM_LIST_FIELD_LONGITUDE] = "longitude", [ALTM_LIST_FIELD_BOOLEAN] = "boolean",
    [ALTM_LIST_FIELD_QPV] = "qpv",
  };
  json_t *fields = json_array ();

  for (const AltmListField *field = self->fields; field->name != NULL; field++)
    json_array_append_new (fields, json_pack ("{s:s, s:s, s:b, s:i, s:s?}", "name", field->name, "kind", names[field->kind],
                                              "required", field->is_required, "most", (int) field->most, "list", field->list));
  return fields;
}

static const char *const *
find_relied_on (const char *list)
{
  for (gsize i = 0; i < G_N_ELEMENTS (relied_on); i++)
    if (strcmp (relied_on[i].list, list) == 0)
      return relied_on[i].codes;
  return NULL;
}

/**
 * altm_list_kind_relies_on:
 *
 * Returns: whether the programs name this code of the vocabulary themselves, so that it may be called otherwise, and not
 *   be retired
 */
gboolean
altm_list_kind_relies_on (const char *list, const char *code)
{
  const char *const *codes = find_relied_on (list);

  return codes != NULL && g_strv_contains (codes, code);
}

/**
 * altm_list_kind_list_relied_on:
 *
 * Returns: (transfer full): the codes of altm_list_kind_relies_on(), an array
 */
json_t *
altm_list_kind_list_relied_on (const char *list)
{
  json_t *codes = json_array ();

  for (const char *const *code = find_relied_on (list); code != NULL && *code != NULL; code++)
    json_array_append_new (codes, json_string (*code));
  return codes;
}
