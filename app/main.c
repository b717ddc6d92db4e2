/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "altm-application.h"
#include "altm-environment.h"

int
main (int argc, char *argv[])
{
  g_autoptr (AltmApplication) application = NULL;

  altm_secrets_start ();
  altm_locale_start ();
  application = altm_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
