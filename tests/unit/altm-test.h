/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "altm-lock.h"
#include "altm-outbox.h"
#include "altm-seal.h"

G_BEGIN_DECLS

/** ALTM_TEST_NOW: 2026-11-24T17:12:03.123456Z, the time at which nearly every test plays. */
#define ALTM_TEST_NOW G_GINT64_CONSTANT (1795540323123456)

/** ALTM_TEST_CONTACT: a contact's `data`, as altm_test_json() reads it. */
#define ALTM_TEST_CONTACT "{'channel':'espace_public','register':'presence_active','public':'habitant','people':2}"

/** ALTM_TEST_OFFICE, ALTM_TEST_OTHER_OFFICE: ids of two post offices of the built-in lists. */
#define ALTM_TEST_OFFICE "12945A"
#define ALTM_TEST_OTHER_OFFICE "13181A"

/** ALTM_TEST_PLACE: id of a priority neighbourhood of the built-in lists. */
#define ALTM_TEST_PLACE "QN06913M"

/** ALTM_TEST_HOLDER, ALTM_TEST_PIN: who holds a tablet's keys, and with what. */
#define ALTM_TEST_HOLDER "m-17"
#define ALTM_TEST_PIN "481516"

/** AltmTestStore: a tablet's open store in a folder of its own, which goes with it. */
typedef struct
{
  char *folder;
  char *path;
  AltmStore *store;
} AltmTestStore;

void altm_test_init (int *argc, char ***argv);
json_t *altm_test_json (const char *text);
json_t *altm_test_value (const char *text);
void altm_test_assert_json (json_t *value, const char *expected);

char *altm_test_make_folder (void);
void altm_test_remove (const char *path);
GBytes *altm_test_read_file (const char *folder, const char *name);
void altm_test_copy_file (const char *from, const char *to);
gboolean altm_test_is_locked (const char *folder, const char *name);
gboolean altm_test_holds_bytes (const char *folder, GBytes *bytes);
gboolean altm_test_holds (const char *folder, const char *text);
void altm_test_run_sql (const char *folder, const char *name, const char *sql);

AltmTestStore *altm_test_store_new (void);
void altm_test_store_close (AltmTestStore *self);
void altm_test_store_open (AltmTestStore *self);
void altm_test_store_free (AltmTestStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmTestStore, altm_test_store_free)

void altm_test_sql (AltmStore *store, const char *sql);
gint64 altm_test_sql_integer (AltmStore *store, const char *sql);
char *altm_test_sql_text (AltmStore *store, const char *sql);
AltmSealPair *altm_test_enrol_locally (AltmTestStore *self);
AltmVault *altm_test_make_vault (AltmSealPair **pair);
AltmSealPair *altm_test_set_lock (AltmStore *store);
char *altm_test_add_note (AltmStore *store, const char *id, const char *note);
char *altm_test_add (AltmStore *store, const char *type, const char *data);
void altm_test_add_contacts (AltmStore *store, int n);
char *altm_test_line_text (AltmStore *store, gint64 seq);
void altm_test_settle (AltmStore *store, const AltmVerdict *verdict);
AltmOutboxSummary altm_test_summary (AltmStore *store);

G_END_DECLS
