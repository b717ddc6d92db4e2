/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-receiver.h"
#include "altm-test.h"

G_BEGIN_DECLS

/** AltmTestHq: HQ's open store in a folder of its own, which goes with it, and its receiver. */
typedef struct
{
  char *folder;
  char *path;
  AltmHqStore *store;
  AltmReceiver receiver;
} AltmTestHq;

AltmTestHq *altm_test_hq_new (void);
void altm_test_hq_open (AltmTestHq *self);
void altm_test_hq_close (AltmTestHq *self);
void altm_test_hq_free (AltmTestHq *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmTestHq, altm_test_hq_free)

void altm_test_hq_sql (AltmTestHq *self, const char *sql);
char *altm_test_hq_text (AltmTestHq *self, const char *sql);
gint64 altm_test_hq_integer (AltmTestHq *self, const char *sql);
char *altm_test_hq_dump (AltmTestHq *self);

AltmRequest *altm_test_request (const char *method, const char *path, const char *token);
void altm_test_request_set_body (AltmRequest *self, const char *content_type, const char *text);
AltmReply *altm_test_hq_answer (AltmTestHq *self, const AltmRequest *request, gint64 now);
json_t *altm_test_hq_ask (AltmTestHq *self, const char *method, const char *path, const char *token,
                          const char *form, gint64 now, guint *status);
AltmHqEnrolment altm_test_hq_enrol (AltmTestHq *self, const char *name);
char *altm_test_problem (json_t *reply);

G_END_DECLS
