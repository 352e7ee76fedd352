#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <memory>

struct cre2_pattern {
    RE2 expression;

    cre2_pattern(const re2::StringPiece &source, const RE2::Options &options) : expression(source, options) {}
};

cre2_pattern *cre2_compile(const char *source, size_t length, size_t memory, char *error, size_t error_capacity) try {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(static_cast<int64_t>(memory));
    auto pattern = std::make_unique<cre2_pattern>(re2::StringPiece(source, length), options);
    if (pattern->expression.ok()) {
        return pattern.release();
    }
    if (error_capacity > 0) {
        const std::string &reason = pattern->expression.error();
        const size_t count = std::min(reason.size(), error_capacity - 1);
        std::memcpy(error, reason.data(), count);
        error[count] = 0;
    }
    return nullptr;
} catch (...) {
    if (error_capacity > 0) {
        error[0] = 0;
    }
    return nullptr;
}

void cre2_free(cre2_pattern *pattern) { delete pattern; }

bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t *start, size_t *end) try {
    const RE2 &expression = pattern->expression;
    const int count = std::min(2, 1 + expression.NumberOfCapturingGroups());
    re2::StringPiece found[2];
    if (!expression.Match(re2::StringPiece(text, length), 0, length, RE2::UNANCHORED, found, count)) {
        return false;
    }
    const re2::StringPiece &part = found[count - 1];
    *start = part.data() == nullptr ? 0 : static_cast<size_t>(part.data() - text);
    *end = *start + part.size();
    return true;
} catch (...) {
    return false;
}
