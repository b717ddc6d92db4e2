/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-enrolment.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#include "altm-link.h"
#include "altm-notes.h"
#include "altm-seal.h"
#include "altm-transport.h"
#include "altm-uuid.h"

#define CA_BYTES (64 * 1024) /* no authority's certificate is longer */

G_DEFINE_QUARK (altm-enrolment-error-quark, altm_enrolment_error)

/* What is asked for, and what came of it. @ca_file is what is trusted in the end; @fetched where it
 * came from HQ, to be removed. */
typedef struct
{
  char *url;
  char *code;
  char *ca_file;
  char *ca_sha256;
  char *fetched;
  char *install_id;
  char *directory;
  json_t *hello;
  json_t *granted;
} Enrolment;

static void
enrolment_free (gpointer data)
{
  Enrolment *self = data;

  g_free (self->url);
  g_free (self->code);
  g_free (self->ca_file);
  g_free (self->ca_sha256);
  if (self->fetched != NULL)
    g_unlink (self->fetched);
  g_free (self->fetched);
  g_free (self->install_id);
  g_free (self->directory);
  g_clear_pointer (&self->hello, json_decref);
  g_clear_pointer (&self->granted, json_decref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Enrolment, enrolment_free)

static Enrolment *
enrolment_new (const char *url, const char *code, const char *ca_file, const char *ca_sha256)
{
  Enrolment *self = g_new0 (Enrolment, 1);

  self->url = g_strdup (url);
  self->code = g_strdup (code);
  self->ca_file = g_strdup (ca_file);
  self->ca_sha256 = g_strdup (ca_sha256);
  return self;
}

static gboolean
fail (GError **error, AltmEnrolmentError code, const char *why)
{
  g_set_error_literal (error, ALTM_ENROLMENT_ERROR, code, why);
  return FALSE;
}

/**
 * altm_enrolment_parse_link:
 * @link: `altm-field:enrol?u=URL&c=CODE&ca=SHA256-HEX`
 * @url: (out) (transfer full): HQ's address
 * @code: (out) (transfer full): the code
 * @ca_sha256: (out) (transfer full) (nullable): the hash of HQ's private CA
 *
 * Returns: %TRUE, or %FALSE with %ALTM_ENROLMENT_ERROR_LINK
 */
gboolean
altm_enrolment_parse_link (const char *link, char **url, char **code, char **ca_sha256, GError **error)
{
  return altm_link_read (link, url, code, ca_sha256) ||
         fail (error, ALTM_ENROLMENT_ERROR_LINK, "this is not an enrolment link");
}

/* The tablet's own id is on disk before it is told: the same one again gets the same device. */
static gpointer
prepare (gpointer thing, gpointer data, GError **error)
{
  AltmStore *store = thing;
  Enrolment *self = data;

  self->directory = g_strdup (altm_store_get_directory (store));
  self->install_id = altm_store_get_setting (store, "install_id");
  if (self->install_id == NULL)
    {
      self->install_id = altm_uuid_new_v4 ();
      altm_store_set_setting (store, "install_id", self->install_id, error);
    }
  return NULL;
}

static AltmAnswer *
ask (Enrolment *self, AltmCall *call, guint status, GError **error)
{
  const AltmTarget target = { self->url, NULL, self->ca_file };
  g_autoptr(AltmTransport) transport = altm_transport_new (&target, error);
  g_autoptr(AltmAnswer) answer = transport != NULL ? altm_transport_send (transport, call) : NULL;
  g_autofree char *problem = NULL;

  if (answer == NULL)
    return NULL;
  if (answer->status == status)
    return g_steal_pointer (&answer);
  problem = altm_answer_get_problem (answer);
  if (answer->is_untrusted)
    fail (error, ALTM_ENROLMENT_ERROR_UNTRUSTED, answer->reason);
  else if (answer->status == 0)
    fail (error, ALTM_ENROLMENT_ERROR_UNREACHABLE, answer->reason);
  else if (g_strcmp0 (problem, "bad-code") == 0)
    fail (error, ALTM_ENROLMENT_ERROR_CODE, "the code is wrong, used, or older than 15 minutes");
  else
    fail (error, ALTM_ENROLMENT_ERROR_ANSWER, "what answers there is not HQ");
  return NULL;
}

/* The one certificate that the link names, as PEM; whatever else came with it would be trusted as
 * an authority too, and is left behind. */
static char *
find_ca (Enrolment *self, GBytes *body)
{
  gsize length;
  const char *pem = g_bytes_get_data (body, &length);
  g_autoptr(GTlsCertificate) certificate =
    length > 0 && length <= CA_BYTES ? g_tls_certificate_new_from_pem (pem, (gssize) length, NULL) : NULL;
  g_autofree char *sha256 = certificate != NULL ? altm_link_hash_certificate (certificate) : NULL;
  char *found = NULL;

  if (g_strcmp0 (sha256, self->ca_sha256) == 0)
    g_object_get (certificate, "certificate-pem", &found, NULL);
  return found;
}

/* The CA comes over a line that is not trusted yet; the link's hash is what it is trusted by. */
static gboolean
fetch_ca (Enrolment *self, GError **error)
{
  g_autoptr(AltmCall) call = altm_call_new ("GET", g_strdup ("/v1/ca"));
  g_autoptr(AltmAnswer) answer = NULL;
  g_autofree char *pem = NULL;

  call->trusts_any = TRUE;
  answer = ask (self, call, 200, error);
  if (answer == NULL)
    return FALSE;
  pem = find_ca (self, answer->body);
  if (pem == NULL)
    return fail (error, ALTM_ENROLMENT_ERROR_UNTRUSTED, "the certificate there is not the one that the link names");
  self->fetched = g_build_filename (self->directory, "ca.pem.new", NULL);
  self->ca_file = g_strdup (self->fetched);
  return g_file_set_contents (self->ca_file, pem, -1, error);
}

static gboolean
ask_hello (Enrolment *self, GError **error)
{
  g_autoptr(AltmCall) call = altm_call_new ("GET", g_strdup ("/v1/hello"));
  g_autoptr(AltmAnswer) answer = ask (self, call, 200, error);

  if (answer == NULL)
    return FALSE;
  self->hello = altm_answer_read (answer);
  if (altm_json_get_string (self->hello, "epoch") == NULL ||
      altm_json_get_integer (json_object_get (self->hello, "protocol"), "min", 1) > 1)
    return fail (error, ALTM_ENROLMENT_ERROR_ANSWER, "what answers there is no HQ of this version");
  return TRUE;
}

static gboolean
ask_device (Enrolment *self, GError **error)
{
  g_autoptr(AltmCall) call = altm_call_new ("PUT", g_strdup ("/v1/enrol"));
  g_autoptr(AltmAnswer) answer = NULL;

  altm_call_set_json (call, json_pack ("{s:s, s:s, s:s}", "code", self->code, "device_name", g_get_host_name (),
                                       "install_id", self->install_id));
  answer = ask (self, call, 201, error);
  if (answer == NULL)
    return FALSE;
  self->granted = altm_answer_read (answer);
  if (!altm_uuid_is_valid (altm_json_get_string (self->granted, "device_id")) ||
      altm_json_get_string (self->granted, "token") == NULL ||
      altm_json_get_string (self->granted, "epoch") == NULL ||
      !altm_seal_is_key (altm_json_get_string (self->granted, "seal_key")))
    return fail (error, ALTM_ENROLMENT_ERROR_ANSWER, "HQ's answer is not an enrolment");
  return TRUE;
}

static gboolean
ask_all (Enrolment *self, GError **error)
{
  g_autofree char *address = altm_link_read_address (self->url);

  if (address == NULL)
    return fail (error, ALTM_ENROLMENT_ERROR_LINK,
                 "an address begins with https://, or http:// on loopback alone");
  if (!altm_link_is_code (self->code))
    return fail (error, ALTM_ENROLMENT_ERROR_CODE, "a code has 8 characters or more of A-Z, 0-9 and -");
  g_free (self->url);
  self->url = g_steal_pointer (&address);
  return (self->ca_file != NULL || self->ca_sha256 == NULL || fetch_ca (self, error)) && ask_hello (self, error) &&
         ask_device (self, error);
}

/* Named after what it holds: an earlier enrolment's CA stays until this one is committed. */
static gboolean
keep_ca (Enrolment *self, char **name, GError **error)
{
  g_autofree char *pem = NULL, *hash = NULL, *path = NULL;
  gsize length;

  if (self->ca_file == NULL)
    return TRUE;
  if (!g_file_get_contents (self->ca_file, &pem, &length, error))
    return FALSE;
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) pem, length);
  *name = g_strdup_printf ("ca-%.16s.pem", hash);
  path = g_build_filename (self->directory, *name, NULL);
  return g_file_set_contents_full (path, pem, (gssize) length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gpointer
keep (gpointer thing, gpointer data, GError **error)
{
  Enrolment *self = data;
  g_autofree char *ca = NULL;

  if (keep_ca (self, &ca, error))
    {
      const AltmSetting settings[] = {
        { "url", self->url },
        { "ca", ca },
        { "hq", altm_json_get_string (self->hello, "name") },
        { "lists_tag", NULL },
        /* An order to wipe was the earlier device's; who gives out a code trusts the tablet again. */
        { "wiping", NULL },
        { "wiped", NULL },
        { "device_id", altm_json_get_string (self->granted, "device_id") },
        { "token", altm_json_get_string (self->granted, "token") },
        { "epoch", altm_json_get_string (self->granted, "epoch") },
        { "seal_key", altm_json_get_string (self->granted, "seal_key") },
      };

      altm_notes_restart (thing, settings, G_N_ELEMENTS (settings), error);
    }
  return NULL;
}

/**
 * altm_enrolment_run:
 * @url: HQ's address
 * @code: an enrolment code
 * @ca_file: (nullable): the certificate of HQ's private CA, PEM
 * @ca_sha256: (nullable): its SHA-256 in hex, where it is to be fetched from HQ
 *
 * Enrols a tablet, and waits for it. What is on the tablet is queued again, for the new device.
 *
 * Returns: %TRUE, or %FALSE with an %ALTM_ENROLMENT_ERROR, an %ALTM_STORE_ERROR or a %G_FILE_ERROR;
 *   an earlier enrolment is untouched then
 */
gboolean
altm_enrolment_run (AltmStore *store, const char *url, const char *code, const char *ca_file, const char *ca_sha256,
                    GError **error)
{
  g_autoptr(Enrolment) self = enrolment_new (url, code, ca_file, ca_sha256);
  g_autoptr(GError) problem = NULL;

  prepare (store, self, &problem);
  if (problem == NULL && ask_all (self, &problem))
    keep (store, self, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

typedef struct
{
  AltmWorker *store;
  Enrolment *enrolment;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *self = data;

  altm_worker_unref (self->store);
  enrolment_free (self->enrolment);
  g_free (self);
}

static void
run_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Asked *self = data;
  g_autoptr(GError) error = NULL;

  altm_worker_run (self->store, prepare, self->enrolment, &error);
  if (error == NULL && ask_all (self->enrolment, &error))
    altm_worker_run (self->store, keep, self->enrolment, &error);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * altm_enrolment_run_async:
 * @store: the worker that owns the store
 *
 * As altm_enrolment_run(), while the calling thread goes on.
 */
void
altm_enrolment_run_async (AltmWorker *store, const char *url, const char *code, const char *ca_file,
                          const char *ca_sha256, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Asked *asked = g_new0 (Asked, 1);

  asked->store = altm_worker_ref (store);
  asked->enrolment = enrolment_new (url, code, ca_file, ca_sha256);
  g_task_set_task_data (task, asked, asked_free);
  g_task_run_in_thread (task, run_thread);
}

/**
 * altm_enrolment_run_finish:
 *
 * Returns: as altm_enrolment_run()
 */
gboolean
altm_enrolment_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
