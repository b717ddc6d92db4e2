/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <malloc.h>

#include "altm-application.h"
#include "altm-environment.h"

int
main (int argc, char *argv[])
{
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *restarts_with = NULL;
  AltmApplication *application;
  int status;

  /* One heap for all threads: with one each, what the journal's and the search's readers once needed would be kept apart. */
  mallopt (M_ARENA_MAX, 1);
  altm_secrets_start ();
  altm_locale_start ();
  application = altm_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  restarts_with = altm_application_get_restart (application);
  g_object_unref (application);
  if (restarts_with != NULL)
    altm_restart (argv[0], restarts_with, environment);
  return status;
}
