#pragma once
// Debian builds libxml2 with ICU, and <libxml/encoding.h> then includes ICU's own headers. Foundation brings another
// version of ICU, and a file that sees both does not compile. Nothing here touches the two fields of
// xmlCharEncodingHandler that this leaves out.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/SAX2.h>
#include <libxml/dict.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <string.h>
