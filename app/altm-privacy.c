/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-privacy.h"

#include <glib/gi18n.h>

/* The NIR has 13 digits and a key of 2; it begins with 1 or 2 (INSEE, code du répertoire). */
static const struct
{
  const char *pattern;
  const char *warning;
} signs[] = {
  { "(?<!\\d)[12]([ .]?\\d){12,14}(?!\\d)",
    N_("This looks like a social security number: please remove it.") },
  { "(?<!\\d)(\\+33|0033|0)[ .-]?[1-9]([ .-]?\\d\\d){4}(?!\\d)",
    N_("This looks like a telephone number: please remove it.") },
  { "[^\\s@]+@[^\\s@]+\\.[a-z]{2,}", N_("This looks like an e-mail address: please remove it.") },
};

/**
 * altm_privacy_find:
 * @text: what a mediator is typing into a note
 *
 * Returns: (nullable) (transfer none): a warning, translated, where it seems to identify a person
 */
const char *
altm_privacy_find (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_regex_match_simple (signs[i].pattern, text, G_REGEX_CASELESS, 0))
      return _(signs[i].warning);
  return NULL;
}
