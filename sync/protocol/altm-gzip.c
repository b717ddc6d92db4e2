/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-gzip.h"

#define CHUNK (64 * 1024)

/* Runs @converter over all of @bytes; the output never holds more than @most and one chunk. */
static GBytes *
convert (GConverter *converter, GBytes *bytes, gsize most, GError **error)
{
  g_autoptr(GByteArray) output = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gsize length, done = 0;
  const guint8 *input = g_bytes_get_data (bytes, &length);
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result != G_CONVERTER_FINISHED)
    {
      gsize n_read = 0, n_written = 0;

      result = g_converter_convert (converter, input + done, length - done, chunk, CHUNK,
                                    G_CONVERTER_INPUT_AT_END, &n_read, &n_written, error);
      if (result == G_CONVERTER_ERROR)
        return NULL;
      done += n_read;
      g_byte_array_append (output, chunk, (guint) n_written);
      if (output->len > most)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "inflates to more than is taken");
          return NULL;
        }
    }

  if (done < length)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "bytes after the gzip stream");
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&output));
}

/**
 * altm_gzip_deflate:
 *
 * Returns: (transfer full): @bytes as gzip (RFC 1952), without a time of modification, so that the
 *   same bytes give the same result
 */
GBytes *
altm_gzip_deflate (GBytes *bytes)
{
  g_autoptr(GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);

  return convert (G_CONVERTER (compressor), bytes, G_MAXUINT32, NULL);
}

/**
 * altm_gzip_inflate:
 * @most: the most bytes that may come out
 *
 * Returns: (transfer full): what @bytes held, or %NULL with %G_IO_ERROR_NO_SPACE where it is more
 *   than @most (it is never inflated further), %G_IO_ERROR_INVALID_DATA or
 *   %G_IO_ERROR_PARTIAL_INPUT where it is no whole gzip stream
 */
GBytes *
altm_gzip_inflate (GBytes *bytes, gsize most, GError **error)
{
  g_autoptr(GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

  return convert (G_CONVERTER (decompressor), bytes, most, error);
}
