/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "altm-call.h"
#include "altm-enrolment.h"
#include "altm-gzip.h"
#include "altm-link.h"
#include "altm-problem.h"
#include "altm-receipt.h"
#include "altm-test.h"

#define BATCH "9d0c2b42-77d1-4b9e-8f6e-0f2a2b9f2d11"
#define EPOCH "8f14e45f-ceea-467f-a0e6-1d5b7a2c9e33"
#define SHA256 "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define HASH "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

static GBytes *
make_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
what_is_deflated_is_inflated (void)
{
  static const gsize lengths[] = { 0, 1, 1000, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 3000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint8 *noise = g_malloc (lengths[i] + 1);
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(GBytes) deflated = NULL;
      g_autoptr(GBytes) inflated = NULL;
      g_autoptr(GError) error = NULL;

      for (gsize j = 0; j < lengths[i]; j++)
        noise[j] = (guint8) g_test_rand_int ();
      bytes = g_bytes_new_take (noise, lengths[i]);
      deflated = altm_gzip_deflate (bytes);
      inflated = altm_gzip_inflate (deflated, lengths[i], &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (bytes, inflated));
    }
}

static void
the_same_bytes_deflate_the_same (void)
{
  g_autoptr(GBytes) bytes = make_bytes ("a line of text, a line of text, a line of text");
  g_autoptr(GBytes) one = altm_gzip_deflate (bytes);
  g_autoptr(GBytes) other = altm_gzip_deflate (bytes);

  g_assert_true (g_bytes_equal (one, other));
  g_assert_cmpuint (g_bytes_get_size (one), <, g_bytes_get_size (bytes));
}

static void
a_bomb_is_stopped_at_the_cap (void)
{
  g_autoptr(GBytes) zeros = g_bytes_new_take (g_malloc0 (50000000), 50000000);
  g_autoptr(GBytes) bomb = altm_gzip_deflate (zeros);
  static const gsize caps[] = { 0, 1, 1000000, 49999999 };

  g_assert_cmpuint (g_bytes_get_size (bomb), <, 100000);
  for (gsize i = 0; i < G_N_ELEMENTS (caps); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (altm_gzip_inflate (bomb, caps[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    }
}

static void
cut_gzip_is_refused (void)
{
  g_autoptr(GBytes) bytes = make_bytes ("{\"v\":1}\n{\"v\":1}\n{\"v\":1}\n");
  g_autoptr(GBytes) whole = altm_gzip_deflate (bytes);

  for (gsize length = 0; length < g_bytes_get_size (whole); length++)
    {
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (whole, 0, length);
      g_autoptr(GError) error = NULL;

      g_assert_null (altm_gzip_inflate (cut, 1000, &error));
      g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
                     g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
    }
}

static GBytes *
append (GBytes *bytes, GBytes *more)
{
  GByteArray *all = g_byte_array_new ();

  g_byte_array_append (all, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  g_byte_array_append (all, g_bytes_get_data (more, NULL), (guint) g_bytes_get_size (more));
  return g_byte_array_free_to_bytes (all);
}

static void
bytes_after_the_gzip_are_refused (void)
{
  g_autoptr(GBytes) bytes = make_bytes ("a");
  g_autoptr(GBytes) whole = altm_gzip_deflate (bytes);
  g_autoptr(GBytes) trailing = append (whole, bytes);
  g_autoptr(GBytes) twice = append (whole, whole);
  g_autoptr(GError) error = NULL;

  g_assert_null (altm_gzip_inflate (trailing, 1000, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_clear_error (&error);
  g_assert_null (altm_gzip_inflate (twice, 1000, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
altered_gzip_is_refused (void)
{
  g_autoptr(GBytes) bytes = make_bytes ("a line of text, a line of text, a line of text");
  g_autoptr(GBytes) whole = altm_gzip_deflate (bytes);
  gsize length;
  g_autofree guint8 *altered = g_memdup2 (g_bytes_get_data (whole, &length), g_bytes_get_size (whole));
  g_autoptr(GBytes) wrong = NULL;
  g_autoptr(GBytes) plain = make_bytes ("plain text");

  altered[length - 5] ^= 1; /* in its checksum */
  wrong = g_bytes_new (altered, length);
  g_assert_null (altm_gzip_inflate (wrong, 1000, NULL));
  g_assert_null (altm_gzip_inflate (plain, 1000, NULL));
}

#define RECEIPT                                                                                                        \
  "{'batch':'" BATCH "','epoch':'" EPOCH "','sha256':'" SHA256 "','stored':2,'duplicate':1,'high_seq':61,'held':60,"   \
  "'problems':[{'line':1,'seq':19,'id':'x','rev':1,'status':'rejected','type':'/problems/unknown-code','detail':'d'}]}"

static GBytes *
make_receipt (const char *field, const char *value)
{
  g_autoptr(json_t) root = altm_test_json (RECEIPT);
  char *text;

  if (field != NULL && value != NULL)
    json_object_set_new (root, field, altm_test_value (value));
  else if (field != NULL)
    json_object_del (root, field);
  text = altm_json_write (root);
  return g_bytes_new_take (text, strlen (text));
}

static void
a_receipt_is_read_and_fits (void)
{
  g_autoptr(GBytes) body = make_receipt (NULL, NULL);
  g_auto(AltmReceipt) receipt = { NULL };
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_receipt_read (&receipt, body, &error));
  g_assert_cmpstr (receipt.batch, ==, BATCH);
  g_assert_cmpint (receipt.stored, ==, 2);
  g_assert_cmpint (receipt.duplicate, ==, 1);
  g_assert_cmpint (receipt.high_seq, ==, 61);
  g_assert_cmpint (receipt.held, ==, 60);
  altm_receipt_check (&receipt, BATCH, EPOCH, SHA256, 4, &error);
  g_assert_no_error (error);
}

static void
what_is_no_receipt_is_refused (void)
{
  static const char *const fields[] = { "batch", "epoch", "sha256", "stored", "duplicate", "high_seq", "held", "problems" };
  static const char *const wrong[] = { NULL, "null", "-1", "1.5" };

  for (gsize i = 0; i < G_N_ELEMENTS (fields) * G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr(GBytes) body = make_receipt (fields[i % G_N_ELEMENTS (fields)], wrong[i / G_N_ELEMENTS (fields)]);
      g_auto(AltmReceipt) receipt = { NULL };
      g_autoptr(GError) error = NULL;

      g_assert_false (altm_receipt_read (&receipt, body, &error));
      g_assert_error (error, ALTM_RECEIPT_ERROR, ALTM_RECEIPT_ERROR_SYNTAX);
    }
}

static void
a_captive_portals_page_is_no_receipt (void)
{
  g_autoptr(GBytes) body = make_bytes ("<html>Sign in</html>");
  g_auto(AltmReceipt) receipt = { NULL };
  g_autoptr(GError) error = NULL;

  g_assert_false (altm_receipt_read (&receipt, body, &error));
  g_assert_error (error, ALTM_RECEIPT_ERROR, ALTM_RECEIPT_ERROR_SYNTAX);
}

static void
a_receipt_that_does_not_fit_is_refused (void)
{
  static const struct
  {
    const char *field;
    const char *value;
    AltmReceiptError error;
  } cases[] = {
    { "batch", "'9d0c2b42-77d1-4b9e-8f6e-0f2a2b9f2d12'", ALTM_RECEIPT_ERROR_FOREIGN },
    { "sha256", "'" HASH "'", ALTM_RECEIPT_ERROR_FOREIGN },
    { "sha256", "''", ALTM_RECEIPT_ERROR_FOREIGN },
    { "epoch", "'another'", ALTM_RECEIPT_ERROR_EPOCH },
    { "stored", "1", ALTM_RECEIPT_ERROR_COUNT },
    { "stored", "3", ALTM_RECEIPT_ERROR_COUNT },
    { "stored", "9223372036854775807", ALTM_RECEIPT_ERROR_COUNT },
    { "duplicate", "0", ALTM_RECEIPT_ERROR_COUNT },
    { "duplicate", "9223372036854775807", ALTM_RECEIPT_ERROR_COUNT },
    { "problems", "[]", ALTM_RECEIPT_ERROR_COUNT },
    { "problems", "[{'line':4,'type':'/problems/x'}]", ALTM_RECEIPT_ERROR_COUNT },
    { "problems", "[{'line':-1,'type':'/problems/x'}]", ALTM_RECEIPT_ERROR_COUNT },
    { "problems", "[{'line':1}]", ALTM_RECEIPT_ERROR_COUNT },
    { "problems", "[{'type':'/problems/x'}]", ALTM_RECEIPT_ERROR_COUNT },
    { "problems", "[7]", ALTM_RECEIPT_ERROR_COUNT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) body = make_receipt (cases[i].field, cases[i].value);
      g_auto(AltmReceipt) receipt = { NULL };
      g_autoptr(GError) error = NULL;

      g_test_message ("%s %s", cases[i].field, cases[i].value);
      g_assert_true (altm_receipt_read (&receipt, body, NULL));
      g_assert_false (altm_receipt_check (&receipt, BATCH, EPOCH, SHA256, 4, &error));
      g_assert_error (error, ALTM_RECEIPT_ERROR, (int) cases[i].error);
    }
}

static void
one_line_is_not_two_problems (void)
{
  g_autoptr(GBytes) body = make_receipt ("problems", "[{'line':1,'type':'/problems/x'},{'line':1,'type':'/problems/y'}]");
  g_auto(AltmReceipt) receipt = { NULL };
  g_autoptr(GError) error = NULL;

  g_assert_true (altm_receipt_read (&receipt, body, NULL));
  g_assert_false (altm_receipt_check (&receipt, BATCH, EPOCH, SHA256, 5, &error));
  g_assert_error (error, ALTM_RECEIPT_ERROR, ALTM_RECEIPT_ERROR_COUNT);
}

static void
verdicts_stand_at_their_lines (void)
{
  g_autoptr(GBytes) body = make_receipt (
    "problems", "[{'line':3,'type':'/problems/out-of-range','detail':'people'},{'line':0,'type':'urn:x'}]");
  g_auto(AltmReceipt) receipt = { NULL };
  g_autofree AltmVerdict *verdicts = NULL;

  g_assert_true (altm_receipt_read (&receipt, body, NULL));
  verdicts = altm_receipt_get_verdicts (&receipt, 5);
  g_assert_cmpstr (verdicts[0].type, ==, "urn:x");
  g_assert_null (verdicts[0].detail);
  g_assert_null (verdicts[1].type);
  g_assert_null (verdicts[2].type);
  g_assert_cmpstr (verdicts[3].type, ==, "out-of-range");
  g_assert_cmpstr (verdicts[3].detail, ==, "people");
  g_assert_null (verdicts[4].type);
}

static void
a_receipt_written_is_a_receipt_read (void)
{
  g_autoptr(GBytes) body = make_receipt (NULL, NULL);
  g_auto(AltmReceipt) receipt = { NULL };
  g_autofree char *text = NULL;

  g_assert_true (altm_receipt_read (&receipt, body, NULL));
  text = altm_receipt_write (&receipt);
  g_assert_cmpmem (text, strlen (text), g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
a_problem_is_written_as_rfc_9457_says (void)
{
  g_autofree char *text = altm_problem_write (ALTM_PROBLEM_SEQ_REUSED, "seq 7");
  g_autofree char *bare = altm_problem_write (ALTM_PROBLEM_BUSY, NULL);
  g_autoptr(json_t) problem = altm_json_parse (text, strlen (text), NULL);
  g_autoptr(json_t) other = altm_json_parse (bare, strlen (bare), NULL);

  altm_test_assert_json (problem, "{'type':'/problems/seq-reused','title':'A seq was used for another revision',"
                                  "'status':409,'detail':'seq 7'}");
  g_assert_cmpstr (altm_json_get_string (other, "detail"), ==, altm_json_get_string (other, "title"));
  g_assert_cmpint (altm_json_get_integer (other, "status", 0), ==, 503);
}

static void
each_problem_has_a_name_and_an_error_status (void)
{
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (AltmProblem problem = 0; problem < ALTM_N_PROBLEMS; problem++)
    {
      g_assert_true (g_hash_table_add (names, (gpointer) altm_problem_get_name (problem)));
      g_assert_cmpuint (altm_problem_get_status (problem), >=, 400);
      g_assert_cmpuint (altm_problem_get_status (problem), <, 600);
    }
}

static AltmAnswer *
make_answer (const char *text)
{
  AltmAnswer *answer = g_new0 (AltmAnswer, 1);

  answer->body = text != NULL ? make_bytes (text) : NULL;
  return answer;
}

static void
only_the_protocols_problems_are_hqs_word (void)
{
  static const struct
  {
    const char *body;
    const char *problem;
  } cases[] = {
    { "{\"type\":\"/problems/bad-code\"}", "bad-code" },
    { "{\"type\":\"about:blank\"}", NULL },
    { "{\"type\":7}", NULL },
    { "{}", NULL },
    { "<html>", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(AltmAnswer) answer = make_answer (cases[i].body);
      g_autofree char *problem = altm_answer_get_problem (answer);

      g_assert_cmpstr (problem, ==, cases[i].problem);
    }
}

static void
a_call_carries_json_and_headers (void)
{
  g_autoptr(AltmCall) call = altm_call_new ("PUT", g_strdup ("/v1/enrol"));

  altm_call_add_header (call, "Altm-Pending", g_strdup ("3"));
  altm_call_set_json (call, altm_test_json ("{'code':'a'}"));
  g_assert_cmpstr (call->content_type, ==, "application/json");
  g_assert_cmpmem (g_bytes_get_data (call->body, NULL), g_bytes_get_size (call->body), "{\"code\":\"a\"}", 12);
  g_assert_cmpstr (g_ptr_array_index (call->headers, 0), ==, "Altm-Pending");
  g_assert_cmpstr (g_ptr_array_index (call->headers, 1), ==, "3");
  g_assert_false (call->has_token);
  g_assert_false (call->trusts_any);
}

static void
addresses_are_judged (void)
{
  static const struct
  {
    const char *url;
    const char *address;
  } cases[] = {
    { "https://hq.example.org", "https://hq.example.org" },
    { "https://hq.example.org/", "https://hq.example.org" },
    { "https://hq.example.org/altm//", "https://hq.example.org/altm" },
    { "https://192.0.2.7:8443", "https://192.0.2.7:8443" },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "http://localhost:8080/", "http://localhost:8080" },
    { "http://[::1]:8080", "http://[::1]:8080" },
    { "http://hq.example.org", NULL },
    { "http://192.0.2.7", NULL },
    { "http://localhost.example.org", NULL },
    { "http://127.0.0.1.example.org", NULL },
    { "http://127.0.0.1@hq.example.org", NULL },
    { "https://someone:secret@hq.example.org", NULL },
    { "https://hq.example.org?u=1", NULL },
    { "https://hq.example.org#part", NULL },
    { "ftp://hq.example.org", NULL },
    { "file:///etc/passwd", NULL },
    { "hq.example.org", NULL },
    { "//hq.example.org", NULL },
    { "https://", NULL },
    { "https:///path", NULL },
    { "https:", NULL },
    { "https://hq.example.org:port", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = altm_link_read_address (cases[i].url);

      g_test_message ("%s", cases[i].url);
      g_assert_cmpstr (address, ==, cases[i].address);
    }
}

static void
codes_are_judged (void)
{
  g_autofree char *longest = g_strnfill (64, 'A');
  g_autofree char *longer = g_strnfill (65, 'A');

  g_assert_true (altm_link_is_code ("ABCDE-23456"));
  g_assert_true (altm_link_is_code ("12345678"));
  g_assert_true (altm_link_is_code (longest));
  g_assert_false (altm_link_is_code (longer));
  g_assert_false (altm_link_is_code ("1234567"));
  g_assert_false (altm_link_is_code ("abcde-23456"));
  g_assert_false (altm_link_is_code ("ABCDE 23456"));
  g_assert_false (altm_link_is_code ("ÀBCDE-23456"));
  g_assert_false (altm_link_is_code (""));
  g_assert_false (altm_link_is_code (NULL));
}

static void
a_good_link_is_taken_apart (void)
{
  static const char *const links[] = {
    "altm-field:enrol?u=https%3A%2F%2Fhq.example.org%2F&c=ABCDE-23456&ca=" SHA256,
    "altm-field:enrol?u=https://hq.example.org&c=ABCDE-23456&ca=" SHA256,
    "altm-field:enrol?ca=" SHA256 "&c=ABCDE-23456&u=https://hq.example.org",
    "altm-field:enrol?u=https://hq.example.org&c=ABCDE-23456&ca=" SHA256 "&later=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *url = NULL, *code = NULL, *ca = NULL;
      g_autoptr(GError) error = NULL;

      altm_enrolment_parse_link (links[i], &url, &code, &ca, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (url, ==, "https://hq.example.org");
      g_assert_cmpstr (code, ==, "ABCDE-23456");
      g_assert_cmpstr (ca, ==, SHA256);
    }
}

static void
a_link_may_be_without_a_ca (void)
{
  g_autofree char *url = NULL, *code = NULL, *ca = NULL;

  g_assert_true (altm_link_read ("altm-field:enrol?u=http://127.0.0.1:9&c=ABCDE-23456", &url, &code, &ca));
  g_assert_cmpstr (url, ==, "http://127.0.0.1:9");
  g_assert_null (ca);
}

static void
a_bad_link_is_refused (void)
{
  static const char *const links[] = {
    NULL, "", "altm-field:", "altm-field:enrol", "altm-field:enrol?", "altm-field:enrol?u=https://hq.example.org",
    "altm-field:enrol?c=ABCDE-23456", "https://hq.example.org",
    "altm-field:enrol?u=http://hq.example.org&c=ABCDE-23456",
    "altm-field:enrol?u=https://hq.example.org&c=short",
    "altm-field:enrol?u=https://hq.example.org&c=abcde-23456",
    "altm-field:enrol?u=https://hq.example.org&c=ABCDE-23456&ca=",
    "altm-field:enrol?u=https://hq.example.org&c=ABCDE-23456&ca=12",
    "altm-field:enrol?u=https://hq.example.org&c=ABCDE-23456&ca=9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
    "altm-field:wipe?u=https://hq.example.org&c=ABCDE-23456",
    "xaltm-field:enrol?u=https://hq.example.org&c=ABCDE-23456",
    "altm-field:enrol?u=%&c=ABCDE-23456",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *url = NULL, *code = NULL, *ca = NULL;
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", links[i]);
      g_assert_false (altm_enrolment_parse_link (links[i], &url, &code, &ca, &error));
      g_assert_error (error, ALTM_ENROLMENT_ERROR, ALTM_ENROLMENT_ERROR_LINK);
      g_assert_null (url);
    }
}

static void
enrolment_asks_nobody_by_plain_http_or_with_a_bad_code (void)
{
  g_autoptr(AltmTestStore) tablet = altm_test_store_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *device = NULL;

  g_assert_false (altm_enrolment_run (tablet->store, "http://hq.example.org", "ABCDE-23456", NULL, NULL, &error));
  g_assert_error (error, ALTM_ENROLMENT_ERROR, ALTM_ENROLMENT_ERROR_LINK);
  g_clear_error (&error);
  g_assert_false (altm_enrolment_run (tablet->store, "https://hq.example.org", "short", NULL, NULL, &error));
  g_assert_error (error, ALTM_ENROLMENT_ERROR, ALTM_ENROLMENT_ERROR_CODE);
  device = altm_store_get_setting (tablet->store, "device_id");
  g_assert_null (device);
}

int
main (int argc, char **argv)
{
  altm_test_init (&argc, &argv);
  g_test_add_func ("/protocol/gzip", what_is_deflated_is_inflated);
  g_test_add_func ("/protocol/gzip/same", the_same_bytes_deflate_the_same);
  g_test_add_func ("/protocol/gzip/bomb", a_bomb_is_stopped_at_the_cap);
  g_test_add_func ("/protocol/gzip/cut", cut_gzip_is_refused);
  g_test_add_func ("/protocol/gzip/trailing", bytes_after_the_gzip_are_refused);
  g_test_add_func ("/protocol/gzip/altered", altered_gzip_is_refused);
  g_test_add_func ("/protocol/receipt", a_receipt_is_read_and_fits);
  g_test_add_func ("/protocol/receipt/syntax", what_is_no_receipt_is_refused);
  g_test_add_func ("/protocol/receipt/portal", a_captive_portals_page_is_no_receipt);
  g_test_add_func ("/protocol/receipt/wrong", a_receipt_that_does_not_fit_is_refused);
  g_test_add_func ("/protocol/receipt/twice", one_line_is_not_two_problems);
  g_test_add_func ("/protocol/receipt/verdicts", verdicts_stand_at_their_lines);
  g_test_add_func ("/protocol/receipt/write", a_receipt_written_is_a_receipt_read);
  g_test_add_func ("/protocol/problem", a_problem_is_written_as_rfc_9457_says);
  g_test_add_func ("/protocol/problem/all", each_problem_has_a_name_and_an_error_status);
  g_test_add_func ("/protocol/answer", only_the_protocols_problems_are_hqs_word);
  g_test_add_func ("/protocol/call", a_call_carries_json_and_headers);
  g_test_add_func ("/protocol/link/address", addresses_are_judged);
  g_test_add_func ("/protocol/link/code", codes_are_judged);
  g_test_add_func ("/protocol/link/good", a_good_link_is_taken_apart);
  g_test_add_func ("/protocol/link/no-ca", a_link_may_be_without_a_ca);
  g_test_add_func ("/protocol/link/bad", a_bad_link_is_refused);
  g_test_add_func ("/protocol/link/plain-http", enrolment_asks_nobody_by_plain_http_or_with_a_bad_code);
  return g_test_run ();
}
