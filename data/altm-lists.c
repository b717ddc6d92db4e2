/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-lists.h"

#include <string.h>

#include "altm-data-resources.h"

#define PREFIX "/org/altm/Field/data/reference/"

struct _AltmLists
{
  json_t *root;
  gint64 version;
  GHashTable *vocabulary; /* list -> (code -> entry) */
  GHashTable *places;
  GHashTable *structures;
  GHashTable *campaigns;
  GHashTable *mediators;
  GHashTable *needs;
};

static GHashTable *
index_by (json_t *entries, const char *key)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);
  gsize i;
  json_t *entry;

  json_array_foreach (entries, i, entry)
    {
      const char *name = altm_json_get_string (entry, key);

      if (name != NULL)
        g_hash_table_insert (index, (gpointer) name, entry);
    }
  return index;
}

static GHashTable *
index_vocabulary (json_t *vocabulary)
{
  GHashTable *index =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_hash_table_unref);
  const char *list;
  json_t *entries;

  json_object_foreach (vocabulary, list, entries)
    g_hash_table_insert (index, (gpointer) list, index_by (entries, "code"));
  return index;
}

/**
 * altm_lists_new:
 * @root: the lists as `GET /v1/reference` answers them; a reference is taken
 *
 * Returns: (transfer full): the lists, or %NULL with %ALTM_JSON_ERROR_SYNTAX where `version` is
 *   no number above 0, or one of the six parts is missing
 */
AltmLists *
altm_lists_new (json_t *root, GError **error)
{
  static const char *const parts[] = { "places", "structures", "needs", "mediators", "campaigns" };
  gint64 version = altm_json_get_integer (root, "version", 0);
  gboolean is_whole = version > 0 && json_is_object (json_object_get (root, "vocabulary"));
  AltmLists *self;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    is_whole = is_whole && json_is_array (json_object_get (root, parts[i]));
  if (!is_whole)
    {
      g_set_error_literal (error, ALTM_JSON_ERROR, ALTM_JSON_ERROR_SYNTAX, "these are not HQ's lists");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (AltmLists);
  self->root = json_incref (root);
  self->version = version;
  self->vocabulary = index_vocabulary (json_object_get (root, "vocabulary"));
  self->places = index_by (json_object_get (root, "places"), "id");
  self->structures = index_by (json_object_get (root, "structures"), "id");
  self->campaigns = index_by (json_object_get (root, "campaigns"), "code");
  self->mediators = index_by (json_object_get (root, "mediators"), "code");
  self->needs = index_by (json_object_get (root, "needs"), "theme");
  return self;
}

/**
 * altm_lists_new_built_in:
 *
 * Returns: (transfer full): the project's own lists (data/reference), or %NULL with
 *   %ALTM_JSON_ERROR where one of their files is not right
 */
AltmLists *
altm_lists_new_built_in (GError **error)
{
  static const char *const files[] = { "lists.json", "vocabulary.json", "places.json",
                                       "structures.json", "needs.json" };
  g_autoptr(json_t) root = json_object ();

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat (PREFIX, files[i], NULL);
      g_autoptr(json_t) part = altm_json_load (altm_data_get_resource (), path, error);

      if (part == NULL)
        return NULL;
      json_object_del (part, "sources");
      json_object_update (root, part);
    }
  return altm_lists_new (root, error);
}

AltmLists *
altm_lists_ref (AltmLists *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_lists (gpointer data)
{
  AltmLists *self = data;

  g_hash_table_unref (self->vocabulary);
  g_hash_table_unref (self->places);
  g_hash_table_unref (self->structures);
  g_hash_table_unref (self->campaigns);
  g_hash_table_unref (self->mediators);
  g_hash_table_unref (self->needs);
  json_decref (self->root);
}

void
altm_lists_unref (AltmLists *self)
{
  g_atomic_rc_box_release_full (self, clear_lists);
}

/**
 * altm_lists_get_root:
 *
 * Returns: (transfer none): the whole, as `GET /v1/reference` answers it
 */
json_t *
altm_lists_get_root (AltmLists *self)
{
  return self->root;
}

/**
 * altm_lists_get_version:
 *
 * Returns: their version, 1 or more
 */
gint64
altm_lists_get_version (AltmLists *self)
{
  return self->version;
}

/**
 * altm_lists_get_vocabulary:
 * @list: the name of a list, such as "theme"
 *
 * Returns: (nullable) (transfer none): its entries in their order, retired ones included
 */
json_t *
altm_lists_get_vocabulary (AltmLists *self, const char *list)
{
  return json_object_get (json_object_get (self->root, "vocabulary"), list);
}

static json_t *
find_code (AltmLists *self, const char *list, const char *code)
{
  GHashTable *entries = g_hash_table_lookup (self->vocabulary, list);

  return entries != NULL && code != NULL ? g_hash_table_lookup (entries, code) : NULL;
}

/**
 * altm_lists_has_code:
 *
 * Returns: whether @code is in @list, retired or not
 */
gboolean
altm_lists_has_code (AltmLists *self, const char *list, const char *code)
{
  return find_code (self, list, code) != NULL;
}

/**
 * altm_lists_get_label:
 * @language: "fr" or "en"
 *
 * Returns: (transfer none): the label of @code; the code itself where the list has it no more
 */
const char *
altm_lists_get_label (AltmLists *self, const char *list, const char *code, const char *language)
{
  json_t *entry = find_code (self, list, code);
  const char *label =
    altm_json_get_string (entry, g_str_equal (language, "fr") ? "label_fr" : "label_en");

  return label != NULL ? label : code;
}

/**
 * altm_lists_get_short_label:
 * @language: "fr" or "en"
 *
 * Returns: (transfer none): a label of @code of at most 18 characters where there is one, else
 *   altm_lists_get_label()
 */
const char *
altm_lists_get_short_label (AltmLists *self, const char *list, const char *code, const char *language)
{
  json_t *entry = find_code (self, list, code);
  const char *label =
    altm_json_get_string (entry, g_str_equal (language, "fr") ? "short_fr" : "short_en");

  return label != NULL ? label : altm_lists_get_label (self, list, code, language);
}

/**
 * altm_lists_get_places:
 *
 * Returns: (transfer none): all places, an array
 */
json_t *
altm_lists_get_places (AltmLists *self)
{
  return json_object_get (self->root, "places");
}

/**
 * altm_lists_find_place:
 *
 * Returns: (nullable) (transfer none): the place of that id
 */
json_t *
altm_lists_find_place (AltmLists *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->places, id) : NULL;
}

/**
 * altm_lists_find_structure:
 *
 * Returns: (nullable) (transfer none): the structure of that id
 */
json_t *
altm_lists_find_structure (AltmLists *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->structures, id) : NULL;
}

/**
 * altm_lists_find_campaign:
 *
 * Returns: (nullable) (transfer none): the campaign of that code
 */
json_t *
altm_lists_find_campaign (AltmLists *self, const char *code)
{
  return code != NULL ? g_hash_table_lookup (self->campaigns, code) : NULL;
}

/* Days are YYYY-MM-DD, which sort as texts; an end that is not said is open. */
static gboolean
is_running (json_t *campaign, const char *day)
{
  const char *from = altm_json_get_string (campaign, "from");
  const char *to = altm_json_get_string (campaign, "to");

  return (from == NULL || strcmp (from, day) <= 0) && (to == NULL || strcmp (day, to) <= 0) &&
         !json_is_true (json_object_get (campaign, "retired"));
}

/**
 * altm_lists_find_running_campaign:
 * @day: YYYY-MM-DD
 *
 * Returns: (nullable) (transfer none): the campaign that runs on that day, the first of the list where several do
 */
json_t *
altm_lists_find_running_campaign (AltmLists *self, const char *day)
{
  gsize i;
  json_t *campaign;

  json_array_foreach (json_object_get (self->root, "campaigns"), i, campaign)
    if (is_running (campaign, day))
      return campaign;
  return NULL;
}

/**
 * altm_lists_get_mediators:
 *
 * Returns: (transfer none): the mediators, an array that may be empty
 */
json_t *
altm_lists_get_mediators (AltmLists *self)
{
  return json_object_get (self->root, "mediators");
}

static gboolean
is_mediator (json_t *entry)
{
  return altm_json_get_string (entry, "code") != NULL && !json_is_true (json_object_get (entry, "retired"));
}

/**
 * altm_lists_has_mediators:
 *
 * Returns: whether HQ says who its mediators are, so that one has to be chosen
 */
gboolean
altm_lists_has_mediators (AltmLists *self)
{
  size_t i;
  json_t *mediator;

  json_array_foreach (altm_lists_get_mediators (self), i, mediator)
    if (is_mediator (mediator))
      return TRUE;
  return FALSE;
}

/**
 * altm_lists_find_mediator:
 * @code: (nullable): a mediator's
 *
 * Returns: (nullable) (transfer none): the mediator; %NULL for one whom HQ took off the list or retired
 */
json_t *
altm_lists_find_mediator (AltmLists *self, const char *code)
{
  json_t *mediator = code != NULL ? g_hash_table_lookup (self->mediators, code) : NULL;

  return mediator != NULL && is_mediator (mediator) ? mediator : NULL;
}

/**
 * altm_lists_list_teams:
 *
 * Returns: (transfer full): an array of the teams of the mediators, each once, in the order of the list
 */
json_t *
altm_lists_list_teams (AltmLists *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *teams = json_array ();
  json_t *mediator;
  gsize i;

  json_array_foreach (altm_lists_get_mediators (self), i, mediator)
    {
      const char *team = altm_json_get_string (mediator, "team");

      if (team != NULL && g_hash_table_add (seen, (gpointer) team))
        json_array_append_new (teams, json_string (team));
    }
  return teams;
}

/**
 * altm_lists_get_needs:
 * @theme: (nullable): a theme
 *
 * Returns: (nullable) (transfer none): the types of structure it usually leads to, best first
 */
json_t *
altm_lists_get_needs (AltmLists *self, const char *theme)
{
  json_t *need = theme != NULL ? g_hash_table_lookup (self->needs, theme) : NULL;

  return json_object_get (need, "structure_types");
}

static gboolean
matches (json_t *entry, const char *text)
{
  g_autofree char *words = NULL;

  if (json_is_true (json_object_get (entry, "retired")))
    return FALSE;
  if (text == NULL || *text == '\0')
    return TRUE;
  words = g_strjoin (" ", altm_json_get_string (entry, "name"),
                     altm_json_get_string (entry, "commune") ?: "",
                     altm_json_get_string (entry, "address") ?: "", NULL);
  return g_str_match_string (text, words, TRUE);
}

/**
 * altm_lists_search_places:
 * @kind: (nullable): only places of this kind
 * @text: (nullable): words, or their beginnings, of its name, commune or address; case and
 *   accents are ignored
 *
 * Returns: (transfer container) (element-type json_t): the places found, in the order of the list; not those that are retired
 */
GPtrArray *
altm_lists_search_places (AltmLists *self, const char *kind, const char *text)
{
  GPtrArray *found = g_ptr_array_new ();
  gsize i;
  json_t *place;

  json_array_foreach (altm_lists_get_places (self), i, place)
    if ((kind == NULL || g_strcmp0 (kind, altm_json_get_string (place, "kind")) == 0) &&
        matches (place, text))
      g_ptr_array_add (found, place);
  return found;
}

/**
 * altm_lists_fold_arrondissement:
 * @insee: (nullable): the code of a commune, or of an arrondissement of Paris, Lyon or Marseille
 *
 * Returns: (nullable): the code of the commune: an arrondissement is searched as such
 */
const char *
altm_lists_fold_arrondissement (const char *insee)
{
  static const char *const communes[][2] = { { "6938", "69123" }, { "751", "75056" }, { "132", "13055" } };

  for (gsize i = 0; insee != NULL && i < G_N_ELEMENTS (communes); i++)
    if (g_str_has_prefix (insee, communes[i][0]))
      return communes[i][1];
  return insee;
}

static const char *
insee_of_place (AltmLists *self, const char *id)
{
  json_t *place = altm_lists_find_place (self, id);

  if (place != NULL)
    return altm_lists_fold_arrondissement (altm_json_get_string (place, "insee"));
  return id != NULL && g_str_has_prefix (id, "insee:") ? altm_lists_fold_arrondissement (id + strlen ("insee:")) : NULL;
}

static int
rank_type (json_t *types, const char *type)
{
  gsize i;
  json_t *item;

  json_array_foreach (types, i, item)
    if (g_strcmp0 (json_string_value (item), type) == 0)
      return (int) i;
  return (int) json_array_size (types);
}

/* What is looked for: @insee is that of the place's commune, @communes the names of all the
 * communes that the place lies in. */
typedef struct
{
  json_t *types;
  const char *insee;
  char **communes;
} Wish;

/* 0 in the place's commune, 1 in its department (the first two digits of INSEE's code), 2 beyond. */
static int
rank_distance (json_t *structure, const Wish *wish)
{
  const char *insee = altm_lists_fold_arrondissement (altm_json_get_string (structure, "insee"));
  const char *commune = altm_json_get_string (structure, "commune");

  if (wish->insee == NULL || insee == NULL)
    return 2;
  if (strcmp (insee, wish->insee) == 0 || (commune != NULL && g_strv_contains ((const char *const *) wish->communes, commune)))
    return 0;
  return strncmp (insee, wish->insee, 2) == 0 ? 1 : 2;
}

static int
compare_structures (gconstpointer a, gconstpointer b, gpointer data)
{
  const Wish *wish = data;
  json_t *one = *(json_t *const *) a, *other = *(json_t *const *) b;
  int distance = rank_distance (one, wish) - rank_distance (other, wish);
  int type = rank_type (wish->types, altm_json_get_string (one, "type")) -
             rank_type (wish->types, altm_json_get_string (other, "type"));

  if (distance != 0)
    return distance;
  return type != 0 ? type : altm_lists_is_to_check (one) - altm_lists_is_to_check (other);
}

/**
 * altm_lists_is_to_check:
 * @structure: (nullable): an entry of the structures
 *
 * Returns: whether nobody has verified lately that it is still there
 */
gboolean
altm_lists_is_to_check (json_t *structure)
{
  return json_is_true (json_object_get (structure, "to_check"));
}

/**
 * altm_lists_search_structures:
 * @types: (nullable): only these types of structure, best first; %NULL for all
 * @place: (nullable): the id of the place one is at: its commune comes first, then its department
 * @text: (nullable): as in altm_lists_search_places()
 *
 * Of those that are as near and as fit, the ones that are to be checked come last.
 *
 * Returns: (transfer container) (element-type json_t): the structures found, best first
 */
GPtrArray *
altm_lists_search_structures (AltmLists *self, json_t *types, const char *place, const char *text)
{
  GPtrArray *found = g_ptr_array_new ();
  const char *names = altm_json_get_string (altm_lists_find_place (self, place), "commune");
  g_auto(GStrv) communes = g_strsplit (names != NULL ? names : "", " ; ", -1);
  Wish wish = { types, insee_of_place (self, place), communes };
  gsize i;
  json_t *structure;

  json_array_foreach (json_object_get (self->root, "structures"), i, structure)
    if ((types == NULL ||
         rank_type (types, altm_json_get_string (structure, "type")) < (int) json_array_size (types)) &&
        matches (structure, text))
      g_ptr_array_add (found, structure);
  g_ptr_array_sort_with_data (found, compare_structures, &wish);
  return found;
}
