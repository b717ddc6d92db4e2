/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-card-text.h"

#include <string.h>

/* RFC 2426, section 4: what separates values is escaped in one. */
static void
add_value (GString *card, const char *text)
{
  for (const char *c = text == NULL ? "" : text; *c != '\0'; c++)
    if (*c == '\n')
      g_string_append (card, "\\n");
    else if (strchr ("\\;,", *c) != NULL)
      g_string_append_printf (card, "\\%c", *c);
    else if (*c != '\r')
      g_string_append_c (card, *c);
}

static void
add_line (GString *card, const char *name, const char *text)
{
  g_string_append (card, name);
  add_value (card, text);
  g_string_append (card, "\r\n");
}

static void
add_address (GString *card, json_t *structure)
{
  g_string_append (card, "ADR;TYPE=WORK:;;");
  add_value (card, altm_json_get_string (structure, "address"));
  g_string_append_c (card, ';');
  add_value (card, altm_json_get_string (structure, "commune"));
  g_string_append (card, ";;");
  add_value (card, altm_json_get_string (structure, "postcode"));
  g_string_append (card, ";\r\n");
}

/**
 * altm_card_text_tel:
 * @phone: a number as the lists have it, "04 72 00 00 00" or "3919"
 *
 * Returns: (transfer full) (nullable): the number to dial: +33 and nine digits for a French one of ten (RFC 3966),
 *   else its digits; %NULL where it has none
 */
char *
altm_card_text_tel (const char *phone)
{
  g_autoptr(GString) digits = g_string_new (NULL);

  for (const char *c = phone == NULL ? "" : phone; *c != '\0'; c++)
    if (g_ascii_isdigit (*c) || (*c == '+' && digits->len == 0))
      g_string_append_c (digits, *c);
  if (digits->len == 0)
    return NULL;
  if (digits->len == 10 && digits->str[0] == '0')
    return g_strconcat ("+33", digits->str + 1, NULL);
  return g_strdup (digits->str);
}

/**
 * altm_card_text_vcard:
 * @structure: one of the lists
 *
 * Returns: (transfer full): its name, address and telephone as a vCard 3.0 (RFC 2426), which telephones offer to keep;
 *   nothing in it is about a person who was referred, nor that anybody was
 */
char *
altm_card_text_vcard (json_t *structure)
{
  const char *name = altm_json_get_string (structure, "name");
  g_autofree char *tel = altm_card_text_tel (altm_json_get_string (structure, "phone"));
  GString *card = g_string_new ("BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\n");

  add_line (card, "FN:", name);
  add_line (card, "ORG:", name);
  add_address (card, structure);
  if (tel != NULL)
    add_line (card, "TEL;TYPE=WORK,VOICE:", tel);
  g_string_append (card, "END:VCARD\r\n");
  return g_string_free (card, FALSE);
}
