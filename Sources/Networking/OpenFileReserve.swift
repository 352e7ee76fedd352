import Glibc

/// Keeps file descriptors for the program itself: its listeners, its link with the home server and its registry work
/// on while connections of users have taken all the others.
enum OpenFileReserve {
    /// Whether one more connection for a user leaves the reserve alone.
    static var isFree: Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return true }
        return isFree(under: UInt64(limit.rlim_cur))
    }

    /// The reserve is an eighth of the limit, and 256 at most. A new descriptor gets the lowest free number, so the
    /// number of one tells whether all below it are taken.
    static func isFree(under limit: UInt64) -> Bool {
        let lowest = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard lowest >= 0 else { return errno != EMFILE }
        close(lowest)
        return UInt64(lowest) < limit - min(256, limit / 8)
    }
}
