#ifndef CBUILDFACTS_H
#define CBUILDFACTS_H

/// The commit from which the program was built, in full, with "+" behind it if the tree had other changes; "unknown" if
/// the build was not told.
const char *cbuildfacts_commit(void);

/// The compiler with which the program was built, such as "Swift 6.3.1"; "unknown" if the build was not told.
const char *cbuildfacts_toolchain(void);

#endif
