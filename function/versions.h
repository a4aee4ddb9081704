/*
 * versions.h - what the program is made of.
 */
#ifndef VERSIONS_H
#define VERSIONS_H

/*
 * Prints the version of the program and of everything that is linked into it, as the libraries
 * tell them, and then of the Debian source packages that those come from: a name and a version a
 * line. Returns the exit status.
 */
int versions_print(void);

#endif
