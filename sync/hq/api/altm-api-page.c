/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-api-private.h"

#include <string.h>

#include "altm-console-question.h"

#define LINES_TYPE "application/x-ndjson"
#define MOST_LINES 1000
#define EPOCH_LETTERS 8

static AltmReply *
refuse (const char *detail)
{
  return altm_reply_new_problem (ALTM_PROBLEM_BAD_REQUEST, detail);
}

static gboolean
read_limit (AltmApiPage *self)
{
  const char *limit = altm_question_get_value (self->call->query, "limit");
  guint64 number = MOST_LINES;

  if (limit != NULL && !g_ascii_string_to_unsigned (limit, 10, 1, MOST_LINES, &number, NULL))
    return FALSE;
  self->limit = (gint64) number;
  return TRUE;
}

static AltmReply *
read_cursor (AltmApiPage *self)
{
  const char *cursor = altm_question_get_value (self->call->query, "after");
  const char *epoch = altm_hq_store_get_epoch (self->call->store);
  gsize before = EPOCH_LETTERS + 1 + strlen (self->mark);
  guint64 line;

  if (cursor == NULL)
    return NULL;
  if (strlen (cursor) <= before || cursor[EPOCH_LETTERS] != '-' ||
      !g_str_has_prefix (cursor + EPOCH_LETTERS + 1, self->mark) ||
      !g_ascii_string_to_unsigned (cursor + before, 10, 0, G_MAXINT64, &line, NULL))
    return refuse ("after is what Altm-Cursor of this call said");
  if (strncmp (cursor, epoch, EPOCH_LETTERS) != 0)
    return altm_reply_new_problem (ALTM_PROBLEM_RESTORED, "HQ's store was restored since; begin anew, without after");
  self->after = (gint64) line;
  return NULL;
}

/**
 * altm_api_page_init:
 * @mark: (transfer none): as #AltmApiPage has it
 *
 * Reads `after` (a cursor) and `limit` (of rows that are looked at, from 1 to 1000).
 *
 * Returns: (transfer full) (nullable): 400 where one of them is wrong, 409 `restored` where the cursor is of another store;
 *   else %NULL
 */
AltmReply *
altm_api_page_init (AltmApiPage *self, AltmApiCall *call, const char *mark)
{
  AltmReply *reply;

  *self = (AltmApiPage) { .call = call, .mark = mark };
  reply = read_limit (self) ? read_cursor (self) : refuse ("limit is from 1 to 1000");
  self->last = self->after;
  self->lines = g_string_new (NULL);
  return reply;
}

/**
 * altm_api_page_clear:
 *
 * Frees what a page owns.
 */
void
altm_api_page_clear (AltmApiPage *self)
{
  if (self->lines != NULL)
    g_string_free (g_steal_pointer (&self->lines), TRUE);
}

/**
 * altm_api_page_look:
 * @row: the number of a row that is looked at, which is above those before it
 * @told: (nullable): what is told of it, where it is told
 */
void
altm_api_page_look (AltmApiPage *self, gint64 row, json_t *told)
{
  g_autofree char *text = told == NULL ? NULL : altm_json_write (told);

  if (text != NULL)
    g_string_append_printf (self->lines, "%s\n", text);
  self->last = row;
  self->seen++;
}

/* The address of the next page is this one's, with another cursor (RFC 8288). */
static char *
write_link (AltmApiPage *self, const char *path, const char *const *kept, const char *cursor)
{
  g_autoptr(GString) query = g_string_new (NULL);

  for (gsize i = 0; kept[i] != NULL; i++)
    {
      const char *value = altm_question_get_value (self->call->query, kept[i]);

      if (value != NULL)
        g_string_append_printf (query, "%s=%s&", kept[i], value);
    }
  return g_strdup_printf ("<%s?%safter=%s>; rel=\"next\"", path, query->str, cursor);
}

/**
 * altm_api_page_reply:
 * @path: what was asked
 * @kept: (array zero-terminated=1): the parameters that the next page is asked with too
 *
 * Returns: (transfer full): 200 with the lines, the cursor that goes on from here, and a link to the next page where there
 *   may be one
 */
AltmReply *
altm_api_page_reply (AltmApiPage *self, const char *path, const char *const *kept)
{
  AltmReply *reply = altm_reply_new (200, LINES_TYPE, g_string_free (g_steal_pointer (&self->lines), FALSE));

  /* Rows are counted anew in a store that was restored. */
  reply->cursor = g_strdup_printf ("%.*s-%s%" G_GINT64_FORMAT, EPOCH_LETTERS, altm_hq_store_get_epoch (self->call->store),
                                   self->mark, self->last);
  if (self->seen == self->limit)
    reply->link = write_link (self, path, kept, reply->cursor);
  return reply;
}
