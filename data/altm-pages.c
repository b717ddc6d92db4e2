/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-pages.h"

#include <string.h>

#include "altm-store.h"

#define FILE_HEADER 100
#define WAL_HEADER 32
#define FRAME_HEADER 24
#define PAGE_SIZE 4096 /* a store's, where neither file says it any more */

/* The version of a page that the file itself holds, where frames of the log count from 0. */
#define IN_FILE -1

typedef struct
{
  guint32 number;
  const guint8 *data;
  gboolean is_commit;
  gboolean is_whole; /* its checksum follows from that of the frame before it */
  int before;        /* the frame of the same page before it, else IN_FILE */
  int commit;        /* the frame that ends its transaction */
} Frame;

struct _AltmPages
{
  guint8 *file;
  gsize file_size;
  guint8 *log;
  gsize log_size;
  gsize page_size;
  GArray *frames;
  int n_committed;
  gboolean has_header; /* of the log, whole */
  gboolean lost_commits;
  GHashTable *newest; /* page number -> its newest frame */
  GHashTable *is_free;
};

static guint32
read_number (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* A file that is missing is an empty one here: either of the two may be all that is left. */
static gboolean
read_file (const char *path, gsize most, guint8 **bytes, gsize *size, GError **error)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) problem = NULL;
  g_autoptr(GFileInputStream) stream = g_file_read (file, NULL, &problem);
  g_autoptr(GFileInfo) info = NULL;

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  if (stream != NULL)
    info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, &problem);
  if (info != NULL)
    {
      most = MIN (most, (gsize) g_file_info_get_size (info));
      *bytes = g_malloc (most + 1);
      if (g_input_stream_read_all (G_INPUT_STREAM (stream), *bytes, most, size, NULL, &problem))
        return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
is_page_size (gsize size)
{
  return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

static gsize
find_page_size (AltmPages *self)
{
  gsize in_log = self->log_size >= WAL_HEADER ? read_number (self->log + 8) : 0;
  gsize in_file = self->file_size >= FILE_HEADER ? (gsize) self->file[16] << 8 | self->file[17] : 0;

  if (self->file_size >= FILE_HEADER && memcmp (self->file, "SQLite format 3", 16) == 0 &&
      is_page_size (in_file == 1 ? 65536 : in_file))
    return in_file == 1 ? 65536 : in_file;
  return is_page_size (in_log) ? in_log : PAGE_SIZE;
}

/* The checksum of the log's format; both halves go on from one piece to the next. */
static void
add_checksum (const guint8 *bytes, gsize size, gboolean is_big_endian, guint32 sum[2])
{
  for (gsize i = 0; i + 8 <= size; i += 8)
    {
      guint32 one, other;

      memcpy (&one, bytes + i, 4);
      memcpy (&other, bytes + i + 4, 4);
      sum[0] += (is_big_endian ? GUINT32_FROM_BE (one) : GUINT32_FROM_LE (one)) + sum[1];
      sum[1] += (is_big_endian ? GUINT32_FROM_BE (other) : GUINT32_FROM_LE (other)) + sum[0];
    }
}

/* Each frame is judged by the checksum that the one before it says it had, so that one that is
 * damaged does not take those after it with it. */
static gboolean
is_whole (AltmPages *self, const guint8 *frame, const guint8 *sum_before)
{
  gboolean is_big_endian = self->has_header ? self->log[3] & 1 : G_BYTE_ORDER == G_BIG_ENDIAN;
  guint32 sum[2] = { read_number (sum_before), read_number (sum_before + 4) };

  add_checksum (frame, 8, is_big_endian, sum);
  add_checksum (frame + FRAME_HEADER, self->page_size, is_big_endian, sum);
  return sum[0] == read_number (frame + 16) && sum[1] == read_number (frame + 20);
}

static gboolean
is_header_whole (AltmPages *self)
{
  guint32 sum[2] = { 0, 0 };

  add_checksum (self->log, 24, self->log[3] & 1, sum);
  return (read_number (self->log) & ~1u) == 0x377f0682 && sum[0] == read_number (self->log + 24) &&
         sum[1] == read_number (self->log + 28);
}

/* The salts are those of all frames since the log was begun anew; older ones are in the file. Where
 * the header can't say them, the first two frames that belong together do. */
static const guint8 *
find_salts (AltmPages *self)
{
  gsize step = FRAME_HEADER + self->page_size;

  if (self->has_header)
    return self->log + 16;
  for (const guint8 *frame = self->log + WAL_HEADER; frame + 2 * step <= self->log + self->log_size; frame += step)
    if (memcmp (frame + 8, frame + step + 8, 8) == 0 && is_whole (self, frame + step, frame + 16))
      return frame + 8;
  return NULL;
}

static void
read_frames (AltmPages *self)
{
  gsize step = FRAME_HEADER + self->page_size;
  const guint8 *salts;

  if (self->log_size < WAL_HEADER + step)
    return;
  self->has_header = is_header_whole (self);
  salts = find_salts (self);
  for (gsize at = WAL_HEADER; salts != NULL && at + step <= self->log_size; at += step)
    {
      const guint8 *bytes = self->log + at;
      Frame frame = { read_number (bytes), bytes + FRAME_HEADER, read_number (bytes + 4) != 0, FALSE, IN_FILE, 0 };

      frame.is_whole = memcmp (bytes + 8, salts, 8) == 0 &&
                       is_whole (self, bytes, at == WAL_HEADER ? self->log + 24 : bytes - step + 16);
      g_array_append_val (self->frames, frame);
    }
}

static Frame *
get_frame (AltmPages *self, int i)
{
  return &g_array_index (self->frames, Frame, i);
}

/*
 * SQLite takes the log up to its first frame that is not whole: what a power cut tore was not
 * committed yet. But a transaction is only begun when the one before it is on the disk. So a whole
 * transaction after one that is not means that what was committed is damaged, and all that
 * follows would be dropped in silence. (The last two transactions may be taken for torn.) Of a log
 * that is damaged all is taken.
 */
static void
find_commits (AltmPages *self)
{
  int end = 0, last = 0;
  gboolean is_whole_so_far = self->has_header, is_chain = FALSE;

  for (int i = 0; i < (int) self->frames->len; i++)
    {
      const Frame *frame = get_frame (self, i);

      is_whole_so_far = is_whole_so_far && frame->is_whole;
      if (!frame->is_whole)
        is_chain = FALSE;
      if (!frame->is_commit || !frame->is_whole)
        continue;
      last = i + 1;
      if (is_whole_so_far)
        end = last;
      self->lost_commits = self->lost_commits || (is_chain && !is_whole_so_far);
      is_chain = TRUE;
    }
  self->n_committed = self->lost_commits ? last : end;
}

static int
find_newest (AltmPages *self, guint32 number)
{
  gpointer newest;

  return g_hash_table_lookup_extended (self->newest, GUINT_TO_POINTER (number), NULL, &newest)
           ? GPOINTER_TO_INT (newest)
           : IN_FILE;
}

static void
link_frames (AltmPages *self)
{
  int commit = self->n_committed - 1;

  for (int i = 0; i < self->n_committed; i++)
    {
      Frame *frame = get_frame (self, i);

      if (!frame->is_whole)
        continue;
      frame->before = find_newest (self, frame->number);
      g_hash_table_insert (self->newest, GUINT_TO_POINTER (frame->number), GINT_TO_POINTER (i));
    }
  for (int i = self->n_committed - 1; i >= 0; i--)
    {
      if (get_frame (self, i)->is_commit)
        commit = i;
      get_frame (self, i)->commit = commit;
    }
}

/* Pages that were given back hold rows as they were once; a circle in their list ends it. */
static void
find_free_pages (AltmPages *self)
{
  AltmPage page;
  guint32 trunk;

  if (!altm_pages_find (self, 1, G_MAXINT, &page) || page.size < FILE_HEADER)
    return;
  trunk = read_number (page.data + 32);
  while (trunk != 0 && g_hash_table_add (self->is_free, GUINT_TO_POINTER (trunk)) &&
         altm_pages_find (self, trunk, G_MAXINT, &page) && page.size >= 8)
    {
      guint32 count = read_number (page.data + 4);

      for (gsize i = 0; i < count && 12 + 4 * i <= page.size; i++)
        g_hash_table_add (self->is_free, GUINT_TO_POINTER (read_number (page.data + 8 + 4 * i)));
      trunk = read_number (page.data);
    }
}

static AltmPages *
read_pages (const char *path, gsize most_of_file, GError **error)
{
  g_autoptr(AltmPages) self = g_new0 (AltmPages, 1);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);

  self->frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  self->newest = g_hash_table_new (NULL, NULL);
  self->is_free = g_hash_table_new (NULL, NULL);
  if (!read_file (path, most_of_file, &self->file, &self->file_size, error) ||
      !read_file (log, G_MAXSIZE, &self->log, &self->log_size, error))
    return NULL;
  self->page_size = find_page_size (self);
  read_frames (self);
  find_commits (self);
  link_frames (self);
  return g_steal_pointer (&self);
}

/**
 * altm_pages_read:
 * @path: the database file; its log is beside it. Either may be missing or anything at all
 *
 * Reads both into memory and finds which frames of the log were committed.
 *
 * Returns: (transfer full): the pages, or %NULL with a %G_IO_ERROR where the disk won't give them
 */
AltmPages *
altm_pages_read (const char *path, GError **error)
{
  AltmPages *self = read_pages (path, G_MAXSIZE, error);

  if (self != NULL)
    find_free_pages (self);
  return self;
}

void
altm_pages_free (AltmPages *self)
{
  if (self == NULL)
    return;
  g_free (self->file);
  g_free (self->log);
  g_array_unref (self->frames);
  g_hash_table_unref (self->newest);
  g_hash_table_unref (self->is_free);
  g_free (self);
}

/**
 * altm_pages_check_log:
 * @path: as in altm_pages_read()
 *
 * Looks at the log before SQLite does, which would leave out in silence what was committed after
 * a damaged transaction, and would delete a log that has lost its file.
 *
 * Returns: %TRUE, or %FALSE with %ALTM_STORE_ERROR_DAMAGED, or a %G_IO_ERROR where the disk
 *   won't give it
 */
gboolean
altm_pages_check_log (const char *path, GError **error)
{
  g_autoptr(AltmPages) self = read_pages (path, FILE_HEADER, error);

  if (self == NULL)
    return FALSE;
  if (!self->lost_commits && (self->file_size > 0 || self->n_committed == 0))
    return TRUE;
  g_set_error (error, ALTM_STORE_ERROR, ALTM_STORE_ERROR_DAMAGED, "%s-wal: %s", path,
               self->lost_commits ? "damaged before its end" : "it has lost its file");
  return FALSE;
}

/**
 * altm_pages_get_size:
 *
 * Returns: the bytes of a whole page
 */
gsize
altm_pages_get_size (AltmPages *self)
{
  return self->page_size;
}

static AltmPage
page_of_frame (AltmPages *self, int i)
{
  const Frame *frame = get_frame (self, i);

  return (AltmPage) { frame->number, self->page_size, frame->data, frame->commit, find_newest (self, frame->number) == i };
}

static AltmPage
page_of_file (AltmPages *self, gsize at)
{
  guint32 number = (guint32) (at / self->page_size + 1);
  gboolean is_current = find_newest (self, number) == IN_FILE &&
                        !g_hash_table_contains (self->is_free, GUINT_TO_POINTER (number));

  return (AltmPage) { number, MIN (self->page_size, self->file_size - at), self->file + at, IN_FILE, is_current };
}

/**
 * altm_pages_find:
 * @number: of a page
 * @moment: an #AltmPage.moment; %G_MAXINT for the present
 * @page: (out caller-allocates): the page as it was then
 *
 * Returns: whether there was such a page
 */
gboolean
altm_pages_find (AltmPages *self, guint32 number, int moment, AltmPage *page)
{
  gsize at = ((gsize) number - 1) * self->page_size;
  int i = find_newest (self, number);

  while (i > moment)
    i = get_frame (self, i)->before;
  if (i != IN_FILE)
    *page = page_of_frame (self, i);
  else if (number > 0 && at < self->file_size)
    *page = page_of_file (self, at);
  else
    return FALSE;
  return TRUE;
}

static void
visit_some (AltmPages *self, gboolean are_current, AltmPageVisit visit, gpointer data)
{
  for (int i = self->n_committed - 1; i >= 0; i--)
    {
      const AltmPage page = page_of_frame (self, i);

      if (page.is_current == are_current)
        visit (&page, data);
    }
  for (gsize at = 0; at < self->file_size; at += self->page_size)
    {
      const AltmPage page = page_of_file (self, at);

      if (page.is_current == are_current)
        visit (&page, data);
    }
}

/**
 * altm_pages_visit:
 *
 * Shows every version of every page that was committed, what is current first: of two rows with
 * one key the first seen is to be believed.
 */
void
altm_pages_visit (AltmPages *self, AltmPageVisit visit, gpointer data)
{
  visit_some (self, TRUE, visit, data);
  visit_some (self, FALSE, visit, data);
}

/**
 * altm_pages_visit_bytes:
 *
 * Shows the log as far as it was committed, and the file, each as the bytes that it is.
 */
void
altm_pages_visit_bytes (AltmPages *self, AltmBytesVisit visit, gpointer data)
{
  if (self->n_committed > 0)
    visit ((const char *) self->log, WAL_HEADER + (gsize) self->n_committed * (FRAME_HEADER + self->page_size), data);
  if (self->file_size > 0)
    visit ((const char *) self->file, self->file_size, data);
}
