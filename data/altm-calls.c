/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-calls.h"

#include <sodium.h>
#include <string.h>

#include "altm-draft.h"
#include "altm-privacy.h"

#define FORM "calls-"

/* A telephone number has so many digits: fewer are a flat's, and E.164 allows no more. Without a prefix for
 * abroad there are fewer: what is longer is a social security number. */
#define LEAST_DIGITS 6
#define MOST_DIGITS 15
#define MOST_DIGITS_HERE 12

/* What stands between a name and a number. */
#define SEPARATORS " \t\r,;:|/-–—\302\240\342\200\257"

struct _AltmCalls
{
  GPtrArray *calls;
  int last_number;
};

/* A part of a line that may be a telephone number. */
typedef struct
{
  gsize start;
  gsize length;
  int digits;
} Run;

static void
wipe_text (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  g_free (text);
}

static void
call_forget (AltmCallLine *self)
{
  g_clear_pointer (&self->name, wipe_text);
  g_clear_pointer (&self->phone, wipe_text);
}

static void
call_free (gpointer data)
{
  call_forget (data);
  g_free (data);
}

AltmCalls *
altm_calls_new (void)
{
  AltmCalls *self = g_new0 (AltmCalls, 1);

  self->calls = g_ptr_array_new_with_free_func (call_free);
  return self;
}

/**
 * altm_calls_free:
 * @self: (nullable): wiped and freed
 */
void
altm_calls_free (AltmCalls *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->calls);
  g_free (self);
}

static AltmCallLine *
append (AltmCalls *self, int number, int attempts)
{
  AltmCallLine *call = g_new0 (AltmCallLine, 1);

  call->number = number;
  call->attempts = attempts;
  g_ptr_array_add (self->calls, call);
  self->last_number = MAX (self->last_number, number);
  return call;
}

/**
 * altm_calls_new_from:
 * @data: what altm_calls_to_data() told
 *
 * Returns: (transfer full): the list, sealed until altm_calls_recall()
 */
AltmCalls *
altm_calls_new_from (json_t *data)
{
  AltmCalls *self = altm_calls_new ();
  size_t i;
  json_t *entry;

  json_array_foreach (json_object_get (data, "calls"), i, entry)
    if (i < ALTM_CALLS)
      append (self, (int) altm_json_get_integer (entry, "number", 0),
              (int) altm_json_get_integer (entry, "attempts", 0));
  self->last_number = MAX (self->last_number, (int) altm_json_get_integer (data, "last", 0));
  return self;
}

/**
 * altm_calls_copy:
 *
 * Returns: (transfer full): another one, to change while the list itself stays as it is
 */
AltmCalls *
altm_calls_copy (AltmCalls *self)
{
  AltmCalls *copy = altm_calls_new ();

  for (guint i = 0; i < self->calls->len; i++)
    {
      const AltmCallLine *from = self->calls->pdata[i];
      AltmCallLine *call = append (copy, from->number, from->attempts);

      call->name = g_strdup (from->name);
      call->phone = g_strdup (from->phone);
    }
  copy->last_number = self->last_number;
  return copy;
}

guint
altm_calls_get_n (AltmCalls *self)
{
  return self->calls->len;
}

/**
 * altm_calls_get:
 * @place: 0 for the next call
 *
 * Returns: (transfer none) (nullable): a call, %NULL after the last
 */
const AltmCallLine *
altm_calls_get (AltmCalls *self, guint place)
{
  return place < self->calls->len ? self->calls->pdata[place] : NULL;
}

/* Whoever writes a number puts spaces, dots, hyphens or brackets in it; in print no-break spaces too. */
static gsize
skip_in_number (const char *text)
{
  static const char *const wide[] = { "\302\240", "\342\200\257" };

  if (g_ascii_isdigit (*text) || (*text != '\0' && strchr ("+ .-()", *text) != NULL))
    return 1;
  for (gsize i = 0; i < G_N_ELEMENTS (wide); i++)
    if (g_str_has_prefix (text, wide[i]))
      return strlen (wide[i]);
  return 0;
}

static Run
read_run (const char *line, gsize start)
{
  Run run = { start, 0, 0 };
  gsize end = start, step;

  while ((step = skip_in_number (line + end)) > 0)
    {
      run.digits += g_ascii_isdigit (line[end]);
      end += step;
      if (g_ascii_isdigit (line[end - 1]) || line[end - 1] == ')')
        run.length = end - start;
    }
  return run;
}

static gboolean
is_number (const char *line, const Run *run)
{
  const char *text = line + run->start;
  gboolean is_abroad = *text == '+' || g_str_has_prefix (text, "00");

  return run->digits >= LEAST_DIGITS && run->digits <= (is_abroad ? MOST_DIGITS : MOST_DIGITS_HERE);
}

/* What the note's warning knows as one is one; else the part of a line with the most digits. A number begins with
 * one, with + or with a bracket. */
static Run
find_number (const char *line)
{
  Run best = { 0, 0, 0 };
  gsize i = 0, end;

  if (altm_privacy_find (line, ALTM_PRIVACY_PHONE, &best.start, &end) == ALTM_PRIVACY_PHONE)
    {
      best.length = end - best.start;
      best.digits = LEAST_DIGITS;
      return best;
    }
  while (line[i] != '\0')
    {
      Run run = { i, 0, 0 };

      if (g_ascii_isdigit (line[i]) || line[i] == '+' || line[i] == '(')
        run = read_run (line, i);
      if (run.digits > best.digits)
        best = run;
      i += MAX (run.length, 1);
    }
  return best;
}

static gboolean
is_separator (const char *text)
{
  return g_utf8_strchr (SEPARATORS, -1, g_utf8_get_char (text)) != NULL;
}

/* A part of a line, without what separates it from the number. */
static char *
trim (const char *text, gsize length)
{
  const char *start = text, *limit = text + length;
  const char *end;

  while (start < limit && is_separator (start))
    start = g_utf8_next_char (start);
  end = start;
  for (const char *next = start; next < limit; next = g_utf8_next_char (next))
    if (!is_separator (next))
      end = g_utf8_next_char (next);
  return g_strndup (start, (gsize) (end - start));
}

static char *
make_name (const char *line, const Run *run)
{
  const char *behind = line + run->start + run->length;
  g_autofree char *before = trim (line, run->start);
  g_autofree char *after = trim (behind, strlen (behind));
  char *name = g_strjoin (*before != '\0' && *after != '\0' ? " " : "", before, after, NULL);

  if (g_utf8_strlen (name, -1) > ALTM_CALL_NAME)
    *g_utf8_offset_to_pointer (name, ALTM_CALL_NAME) = '\0';
  return name;
}

static gboolean
add_line (AltmCalls *self, const char *line)
{
  Run run = find_number (line);
  AltmCallLine *call;

  if (!is_number (line, &run) || self->calls->len == ALTM_CALLS)
    return FALSE;
  call = append (self, self->last_number + 1, 0);
  call->phone = g_strndup (line + run.start, run.length);
  call->name = make_name (line, &run);
  return TRUE;
}

/**
 * altm_calls_add:
 * @text: lines, each with a name or initials and a telephone number, in either order
 * @rest: (out) (transfer full): those in which there is no telephone number, and those that are too many
 *   (over %ALTM_CALLS)
 *
 * Returns: how many were added, at the end of the list
 */
guint
altm_calls_add (AltmCalls *self, const char *text, char **rest)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_auto(GStrv) lines = g_strsplit (valid, "\n", -1);
  GString *left = g_string_new (NULL);
  guint n_added = 0;

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_strstrip (lines[i]);
      if (*lines[i] == '\0')
        continue;
      if (add_line (self, lines[i]))
        n_added++;
      else
        g_string_append_printf (left, "%s%s", left->len > 0 ? "\n" : "", lines[i]);
    }
  *rest = g_string_free (left, FALSE);
  return n_added;
}

/**
 * altm_calls_remove:
 * @place: 0 for the next call
 */
void
altm_calls_remove (AltmCalls *self, guint place)
{
  if (place < self->calls->len)
    g_ptr_array_remove_index (self->calls, place);
}

/**
 * altm_calls_postpone:
 *
 * Nobody was reached: the next call becomes the last.
 */
void
altm_calls_postpone (AltmCalls *self)
{
  AltmCallLine *call;

  if (self->calls->len == 0)
    return;
  call = g_ptr_array_steal_index (self->calls, 0);
  call->attempts++;
  g_ptr_array_add (self->calls, call);
}

/**
 * altm_calls_to_data:
 *
 * Returns: (transfer full): the order of the calls and how often each was tried, which says of nobody who it is
 */
json_t *
altm_calls_to_data (AltmCalls *self)
{
  json_t *calls = json_array ();

  for (guint i = 0; i < self->calls->len; i++)
    {
      const AltmCallLine *call = self->calls->pdata[i];

      json_array_append_new (calls, json_pack ("{s:i, s:i}", "number", call->number, "attempts", call->attempts));
    }
  return json_pack ("{s:o, s:i}", "calls", calls, "last", self->last_number);
}

/**
 * altm_calls_to_private:
 *
 * Returns: (transfer full) (nullable): the names and telephone numbers of those who are still to be called,
 *   %NULL where there are none, or while they are sealed
 */
json_t *
altm_calls_to_private (AltmCalls *self)
{
  json_t *private = json_object ();

  for (guint i = 0; i < self->calls->len; i++)
    {
      const AltmCallLine *call = self->calls->pdata[i];
      char number[16];

      if (call->phone == NULL)
        continue;
      g_snprintf (number, sizeof number, "%d", call->number);
      json_object_set_new (private, number, json_pack ("[s, s]", call->name, call->phone));
    }
  if (json_object_size (private) > 0)
    return private;
  json_decref (private);
  return NULL;
}

/**
 * altm_calls_forget:
 *
 * Wipes the names and telephone numbers: the list is sealed.
 */
void
altm_calls_forget (AltmCalls *self)
{
  for (guint i = 0; i < self->calls->len; i++)
    call_forget (self->calls->pdata[i]);
}

/**
 * altm_calls_recall:
 * @private: (nullable): what altm_calls_to_private() told
 *
 * Brings the names and telephone numbers back. A call whose number is not among them can't be made: it goes.
 */
void
altm_calls_recall (AltmCalls *self, json_t *private)
{
  guint i = 0;

  while (i < self->calls->len)
    {
      AltmCallLine *call = self->calls->pdata[i];
      char number[16];
      json_t *words;

      g_snprintf (number, sizeof number, "%d", call->number);
      words = json_object_get (private, number);
      call_forget (call);
      call->name = g_strdup (json_string_value (json_array_get (words, 0)));
      call->phone = g_strdup (json_string_value (json_array_get (words, 1)));
      if (call->name == NULL || call->phone == NULL)
        g_ptr_array_remove_index (self->calls, i);
      else
        i++;
    }
}

/**
 * altm_calls_name_form:
 * @shift: id of a shift
 *
 * Returns: (transfer full): the name of the draft that its list is kept as
 */
char *
altm_calls_name_form (const char *shift)
{
  return g_strconcat (FORM, shift, NULL);
}

/**
 * altm_calls_dial:
 * @phone: as it was typed
 *
 * Returns: (transfer full): a `tel:` address (RFC 3966) of it. A national number stays one: whoever calls is in
 *   the same country
 */
char *
altm_calls_dial (const char *phone)
{
  GString *uri = g_string_new ("tel:");

  for (const char *next = phone; *next != '\0'; next++)
    {
      gboolean is_trunk = g_str_has_prefix (next, "(0)") && strchr (phone, '+') != NULL;

      if (is_trunk)
        next += strlen ("(0");
      else if (g_ascii_isdigit (*next) || (*next == '+' && uri->len == strlen ("tel:")))
        g_string_append_c (uri, *next);
    }
  return g_string_free (uri, FALSE);
}

/**
 * altm_calls_drop:
 * @shift: (nullable): id of the shift whose list stays
 *
 * Deletes the lists of calls of all other shifts: nothing is left of them in the store's files.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_STORE_ERROR
 */
gboolean
altm_calls_drop (AltmStore *store, const char *shift, GError **error)
{
  g_auto(GStrv) forms = altm_draft_list (store, error);
  g_autofree char *kept = shift == NULL ? NULL : altm_calls_name_form (shift);

  if (forms == NULL)
    return FALSE;
  for (gsize i = 0; forms[i] != NULL; i++)
    if (g_str_has_prefix (forms[i], FORM) && g_strcmp0 (forms[i], kept) != 0 &&
        !altm_draft_drop (store, forms[i], error))
      return FALSE;
  return TRUE;
}
