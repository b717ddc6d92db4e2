/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * AltmSql: a connection to an SQLite file with its prepared statements, used by the one thread
 * that opened it (asserted). The store of a tablet and HQ's stand on it. Errors are
 * %ALTM_STORE_ERROR.
 */
typedef struct _AltmSql AltmSql;

/**
 * AltmSqlMode:
 * @ALTM_SQL_READ: neither writes nor checkpoints
 * @ALTM_SQL_WRITE: writes with WAL, `synchronous=FULL` and `secure_delete`, so that what is deleted is overwritten; the
 *   file is made where missing
 * @ALTM_SQL_WRITE_MUCH: the same for a store that takes thousands of rows at once: larger pages, a larger cache, and fewer
 *   checkpoints
 */
typedef enum
{
  ALTM_SQL_READ,
  ALTM_SQL_WRITE,
  ALTM_SQL_WRITE_MUCH,
} AltmSqlMode;

/** AltmRows: a statement that has been bound; reset when it goes out of scope. */
typedef sqlite3_stmt AltmRows;

void altm_rows_end (AltmRows *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmRows, altm_rows_end)

AltmSql *altm_sql_open (const char *path, AltmSqlMode mode, GError **error);
void altm_sql_close (AltmSql *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AltmSql, altm_sql_close)
sqlite3 *altm_sql_get_handle (AltmSql *self);

gboolean altm_sql_check_version (const char *path, int newest, GError **error);
gboolean altm_sql_migrate (AltmSql *self, GResource *resource, const char *folder, int newest,
                           GError **error);
gboolean altm_sql_verify (AltmSql *self, const char *pragma, GError **error);
gboolean altm_sql_verify_soon (AltmSql *self, GError **error);
gboolean altm_sql_check_schema (AltmSql *self, GResource *resource, const char *folder, GError **error);
gboolean altm_sql_fold_log (AltmSql *self, gboolean can_wait, GError **error);
gboolean altm_sql_copy (AltmSql *self, const char *path, GError **error);

AltmRows *altm_sql_query (AltmSql *self, GError **error, const char *sql, const char *kinds, ...);
gboolean altm_sql_step (AltmSql *self, AltmRows *rows, GError **error);
gboolean altm_sql_run (AltmSql *self, GError **error, const char *sql, const char *kinds, ...);
gint64 altm_sql_get_integer (AltmSql *self, gint64 fallback, const char *sql, const char *kinds, ...);
char *altm_sql_get_text (AltmSql *self, const char *sql, const char *kinds, ...);

gboolean altm_sql_check (AltmSql *self, GError **error);
gboolean altm_sql_pass (GError **problem, GError **error);
gboolean altm_sql_begin (AltmSql *self, GError **error);
gboolean altm_sql_end (AltmSql *self, gboolean is_good, GError **error);

const char *altm_rows_text (AltmRows *self, int column);
GBytes *altm_rows_bytes (AltmRows *self, int column);

G_END_DECLS
