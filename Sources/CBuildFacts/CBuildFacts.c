#include "CBuildFacts.h"

// Package.swift passes both, from the environment of the build. Scripts/package sets it.

const char *cbuildfacts_commit(void) { return MARTLET_COMMIT; }

const char *cbuildfacts_toolchain(void) { return MARTLET_TOOLCHAIN; }
