/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-export-format.h"

#include "altm-hq-lines.h"

typedef struct
{
  FILE *output;
  GTimeZone *utc;
} Lines;

static gpointer
begin (const AltmExportSheets *sheets, GError **error)
{
  Lines *self = g_new0 (Lines, 1);

  self->output = sheets->output;
  self->utc = g_time_zone_new_utc ();
  return self;
}

static gboolean
add (gpointer data, const AltmExportRecord *record, GError **error)
{
  Lines *self = data;
  g_autoptr(json_t) described = altm_export_describe (record, self->utc);

  return altm_hq_lines_write (described, self->output, error);
}

static gboolean
end (gpointer data, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
lines_free (gpointer data)
{
  Lines *self = data;

  g_time_zone_unref (self->utc);
  g_free (self);
}

const AltmExportFormat altm_export_ndjson = {
  .name = "ndjson",
  .content_type = "application/x-ndjson",
  .ending = "ndjson",
  .begin = begin,
  .add = add,
  .end = end,
  .free = lines_free,
};
