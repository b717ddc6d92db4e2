/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-card-text.h"
#include "altm-test.h"

static void
a_number_can_be_dialled (void)
{
  static const char *const cases[][2] = {
    { "04 72 85 80 00", "+33472858000" }, { "04.72.85.80.00", "+33472858000" }, { "+33 4 72 85 80 00", "+33472858000" },
    { "3919", "3919" },                   { "39 19", "3919" },                  { "", NULL },
    { "sur rendez-vous", NULL },          { NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *tel = altm_card_text_tel (cases[i][0]);

      g_assert_cmpstr (tel, ==, cases[i][1]);
    }
}

static void
a_card_says_where_and_how (void)
{
  g_autoptr(json_t) structure = altm_test_json ("{'name':'CCAS, Vaulx','address':'1 place; du Marché','postcode':'69120',"
                                                "'commune':'Vaulx-en-Velin','phone':'04 72 04 80 80'}");
  g_autofree char *card = altm_card_text_vcard (structure);

  g_assert_cmpstr (card, ==,
                   "BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nFN:CCAS\\, Vaulx\r\nORG:CCAS\\, Vaulx\r\n"
                   "ADR;TYPE=WORK:;;1 place\\; du Marché;Vaulx-en-Velin;;69120;\r\n"
                   "TEL;TYPE=WORK,VOICE:+33472048080\r\nEND:VCARD\r\n");
}

static void
a_card_does_without_a_number (void)
{
  g_autoptr(json_t) structure = altm_test_json ("{'name':'PMI','commune':'Bron'}");
  g_autofree char *card = altm_card_text_vcard (structure);

  g_assert_cmpstr (card, ==, "BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nFN:PMI\r\nORG:PMI\r\nADR;TYPE=WORK:;;;Bron;;;\r\n"
                             "END:VCARD\r\n");
}

int
main (int argc, char *argv[])
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/card-text/a-number-can-be-dialled", a_number_can_be_dialled);
  g_test_add_func ("/card-text/a-card-says-where-and-how", a_card_says_where_and_how);
  g_test_add_func ("/card-text/a-card-does-without-a-number", a_card_does_without_a_number);
  return g_test_run ();
}
