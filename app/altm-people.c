/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-people.h"

/* PRODUCT: `people` 0–500. */
#define MOST_PEOPLE 500

struct _AltmPeople
{
  int people;
  gboolean is_attempt;
  json_t *counts;
};

/* The fields of a contact that count its people once more. */
static const char *const fields[] = { "ages", "genders" };

AltmPeople *
altm_people_new (void)
{
  AltmPeople *self = g_new0 (AltmPeople, 1);

  self->people = 1;
  self->counts = json_object ();
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    json_object_set_new (self->counts, fields[i], json_object ());
  return self;
}

void
altm_people_free (AltmPeople *self)
{
  json_decref (self->counts);
  g_free (self);
}

static int
sum (AltmPeople *self, const char *field)
{
  const char *code;
  json_t *count;
  int total = 0;

  json_object_foreach (json_object_get (self->counts, field), code, count)
    total += json_integer_value (count);
  return total;
}

int
altm_people_get (AltmPeople *self)
{
  return self->people;
}

/**
 * altm_people_get_least:
 *
 * Returns: below which number the people can't be brought: those that are counted by age or gender, and one where it is
 *   no attempt
 */
int
altm_people_get_least (AltmPeople *self)
{
  int least = self->is_attempt ? 0 : 1;

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    least = MAX (least, sum (self, fields[i]));
  return least;
}

/**
 * altm_people_set:
 * @people: what is not possible becomes the nearest that is
 */
void
altm_people_set (AltmPeople *self, int people)
{
  self->people = CLAMP (people, altm_people_get_least (self), MOST_PEOPLE);
}

/**
 * altm_people_set_attempt:
 * @is_attempt: whether nobody was reached: only then may there be no people at all
 */
void
altm_people_set_attempt (AltmPeople *self, gboolean is_attempt)
{
  if (is_attempt == self->is_attempt)
    return;
  self->is_attempt = is_attempt;
  altm_people_set (self, is_attempt ? 0 : self->people);
}

/**
 * altm_people_get_count:
 * @field: "ages" or "genders"
 * @code: of the field's list
 */
int
altm_people_get_count (AltmPeople *self, const char *field, const char *code)
{
  return altm_json_get_integer (json_object_get (self->counts, field), code, 0);
}

/**
 * altm_people_set_count:
 * @field: "ages" or "genders"
 * @code: of the field's list
 * @count: 0 or more; more than are left raises the people, up to the most that there can be
 */
void
altm_people_set_count (AltmPeople *self, const char *field, const char *code, int count)
{
  json_t *counts = json_object_get (self->counts, field);
  int others = sum (self, field) - altm_people_get_count (self, field, code);
  int possible = CLAMP (count, 0, MOST_PEOPLE - others);

  if (possible == 0)
    json_object_del (counts, code);
  else
    json_object_set_new (counts, code, json_integer (possible));
  altm_people_set (self, self->people);
}

/**
 * altm_people_get_left:
 * @field: "ages" or "genders"
 *
 * Returns: how many of the people it does not count yet
 */
int
altm_people_get_left (AltmPeople *self, const char *field)
{
  return self->people - sum (self, field);
}

/**
 * altm_people_load:
 * @data: a contact's fields
 */
void
altm_people_load (AltmPeople *self, json_t *data)
{
  self->is_attempt = g_strcmp0 (altm_json_get_string (data, "result"), "injoignable") == 0;
  self->people = altm_json_get_integer (data, "people", 1);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *code;
      json_t *count;

      json_object_clear (json_object_get (self->counts, fields[i]));
      json_object_foreach (json_object_get (data, fields[i]), code, count)
        altm_people_set_count (self, fields[i], code, json_integer_value (count));
    }
  altm_people_set (self, self->people);
}

/**
 * altm_people_save:
 * @data: a contact's fields, which take over what is counted here
 */
void
altm_people_save (AltmPeople *self, json_t *data)
{
  json_object_set_new (data, "people", json_integer (self->people));
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (sum (self, fields[i]) > 0)
      json_object_set_new (data, fields[i], json_deep_copy (json_object_get (self->counts, fields[i])));
    else
      json_object_del (data, fields[i]);
}
