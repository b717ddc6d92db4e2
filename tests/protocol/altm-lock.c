/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the app does with a tablet's lock, without its screen: altm-lock STORE WHAT [NAME]. The passphrase, and
 * what a draft holds in private, are lines of standard input. */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "altm-draft.h"
#include "altm-json.h"
#include "altm-lock.h"

#define HOLDER "m-17"

typedef gboolean (*Command) (AltmStore *store, const char *name, GError **error);

static char *
read_line (void)
{
  char *text = NULL;
  size_t size = 0;
  ssize_t length = getline (&text, &size, stdin);

  if (length > 0 && text[length - 1] == '\n')
    text[length - 1] = '\0';
  return length >= 0 ? text : strdup ("");
}

static gboolean
set (AltmStore *store, const char *name, GError **error)
{
  g_autofree char *secret = read_line ();
  g_autoptr(AltmVault) vault = altm_vault_create (HOLDER, secret, NULL, error);

  return vault != NULL && altm_lock_set (store, NULL, vault, error);
}

static AltmSealPair *
unlock (AltmStore *store, GError **error)
{
  g_autofree char *secret = read_line ();
  gint64 now = g_get_real_time ();
  g_autoptr(AltmVault) vault = altm_lock_begin_try (store, HOLDER, now, error);
  g_autoptr(AltmSealPair) pair = vault != NULL ? altm_vault_open (vault, HOLDER, secret, error) : NULL;

  if (vault == NULL || !altm_lock_end_try (store, vault, pair != NULL, now, pair != NULL ? error : NULL))
    return NULL;
  return g_steal_pointer (&pair);
}

static gboolean
print_private (json_t *private)
{
  g_autofree char *text = altm_json_write (private);

  printf ("%s\n", text);
  return TRUE;
}

/* What the tablet lets be read of a record, `null` where that is nothing. */
static gboolean
read_record (AltmStore *store, const char *id, GError **error)
{
  g_autoptr(AltmSealPair) pair = unlock (store, error);
  g_autoptr(GError) problem = NULL;
  g_autoptr(json_t) private = NULL;
  AltmCopyState state;

  if (pair == NULL)
    return FALSE;
  private = altm_copies_load (store, id, pair, &state, &problem);
  if (problem == NULL)
    return print_private (private != NULL ? private : json_null ());
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
save_draft (AltmStore *store, const char *form, GError **error)
{
  g_autofree char *text = read_line ();
  g_autoptr(json_t) private = altm_json_parse (text, strlen (text), error);
  g_autoptr(json_t) data = json_pack ("{s:i}", "people", 3);

  return private != NULL && altm_draft_save (store, form, NULL, data, private, g_get_real_time (), error);
}

static gboolean
read_draft (AltmStore *store, const char *form, GError **error)
{
  g_autoptr(AltmSealPair) pair = unlock (store, error);
  g_autoptr(AltmDraft) draft = pair != NULL ? altm_draft_load (store, form, pair, error) : NULL;

  return draft != NULL && print_private (draft->private != NULL ? draft->private : json_null ());
}

static const struct
{
  const char *name;
  Command run;
} commands[] = {
  { "set", set }, { "read", read_record }, { "draft", save_draft }, { "read-draft", read_draft },
};

int
main (int argc, char **argv)
{
  g_autoptr(AltmStore) store = NULL;
  g_autoptr(GError) error = NULL;

  setlocale (LC_ALL, "");
  store = argc >= 3 ? altm_store_open (argv[1], &error) : NULL;
  for (gsize i = 0; store != NULL && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[2], commands[i].name) == 0 && commands[i].run (store, argc > 3 ? argv[3] : NULL, &error))
      return 0;
  g_printerr ("altm-lock: %s\n", error != NULL ? error->message : "not done");
  return 1;
}
