/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-passphrase.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MOST_BYTES 1024
#define BREAK '\003'

G_DEFINE_QUARK (altm-passphrase-error-quark, altm_passphrase_error)

/**
 * altm_passphrase_free:
 * @self: (nullable): wiped, then freed
 */
void
altm_passphrase_free (AltmPassphrase *self)
{
  sodium_free (self);
}

static gboolean
fail (GError **error, AltmPassphraseError code, const char *why)
{
  g_set_error_literal (error, ALTM_PASSPHRASE_ERROR, code, why);
  return FALSE;
}

/* Byte by byte and without a buffer of stdio's: what stands in the next line is the next one's. */
static gboolean
read_line (AltmPassphrase *line, GError **error)
{
  gsize length = 0;
  gssize got;
  char next;

  while ((got = read (STDIN_FILENO, &next, 1)) == 1 || (got < 0 && errno == EINTR))
    {
      if (got < 0)
        continue;
      if (next == BREAK)
        return fail (error, ALTM_PASSPHRASE_ERROR_NONE, "broken off; nothing was done");
      if (next == '\n')
        break;
      if (length == MOST_BYTES)
        return fail (error, ALTM_PASSPHRASE_ERROR_TEXT, "a passphrase has at most 1,024 bytes");
      line[length++] = next;
    }
  sodium_memzero (&next, sizeof next);
  line[length] = '\0';
  if (length == 0)
    return fail (error, ALTM_PASSPHRASE_ERROR_NONE,
                 "no passphrase was given: it is typed at the terminal, or is a line of standard input");
  return g_utf8_validate (line, (gssize) length, NULL) ||
         fail (error, ALTM_PASSPHRASE_ERROR_TEXT, "a passphrase is text in UTF-8");
}

/* Nothing typed is shown. Keys that stop a program are read like others, so that none leaves the
 * terminal without its echo. */
static gboolean
read_hidden (const char *prompt, AltmPassphrase *line, GError **error)
{
  struct termios shown, hidden;
  gboolean is_read;

  if (tcgetattr (STDIN_FILENO, &shown) != 0)
    return fail (error, ALTM_PASSPHRASE_ERROR_NONE, "the terminal can't be asked");
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) (ECHO | ISIG);
  g_printerr ("%s: ", prompt);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
  is_read = read_line (line, error);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
  g_printerr ("\n");
  return is_read;
}

/**
 * altm_passphrase_read:
 * @prompt: whose passphrase is asked for, what for
 *
 * Asks at the terminal, without showing what is typed, where standard input is one; else takes the
 * next line of standard input. There is no other way in: arguments and the environment are open to
 * other programs of the machine.
 *
 * Returns: (transfer full): the passphrase, or %NULL with %ALTM_PASSPHRASE_ERROR_NONE or _TEXT
 */
AltmPassphrase *
altm_passphrase_read (const char *prompt, GError **error)
{
  g_autoptr(AltmPassphrase) line = sodium_init () >= 0 ? sodium_malloc (MOST_BYTES + 1) : NULL;
  gboolean is_read;

  if (line == NULL)
    {
      fail (error, ALTM_PASSPHRASE_ERROR_NONE, "there is no memory that is safe for a passphrase");
      return NULL;
    }
  memset (line, 0, MOST_BYTES + 1);
  is_read = isatty (STDIN_FILENO) ? read_hidden (prompt, line, error) : read_line (line, error);
  return is_read ? g_steal_pointer (&line) : NULL;
}

/**
 * altm_passphrase_read_new:
 *
 * As altm_passphrase_read(), for a passphrase that is being chosen: at a terminal it is asked for
 * twice.
 *
 * Returns: (transfer full): the passphrase, or %NULL also with %ALTM_PASSPHRASE_ERROR_DIFFERS
 */
AltmPassphrase *
altm_passphrase_read_new (const char *prompt, GError **error)
{
  g_autoptr(AltmPassphrase) line = altm_passphrase_read (prompt, error);
  g_autoptr(AltmPassphrase) again = NULL;

  if (line == NULL || !isatty (STDIN_FILENO))
    return g_steal_pointer (&line);
  again = altm_passphrase_read ("The same once more", error);
  if (again == NULL)
    return NULL;
  if (strcmp (line, again) == 0)
    return g_steal_pointer (&line);
  fail (error, ALTM_PASSPHRASE_ERROR_DIFFERS, "what was typed the second time is not the same; nothing was done");
  return NULL;
}
