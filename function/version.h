/*
 * version.h - the version of the application, as findings and the User-Agent tell it.
 */
#ifndef VERSION_H
#define VERSION_H

#define VERSION "0.1.0"

#endif
