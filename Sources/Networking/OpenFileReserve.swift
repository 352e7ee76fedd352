import Glibc

/// Reserves file descriptors for the program itself. So its listeners, its streams to the XMPP server and its registry
/// work even if connections of users have taken all other descriptors.
enum OpenFileReserve {
    /// Whether one more connection for a user leaves the reserve untouched.
    static var isFree: Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return true }
        return isFree(under: UInt64(limit.rlim_cur))
    }

    /// The reserve is an eighth of the limit, at most 256. A new descriptor gets the lowest free number, so the number
    /// of a new descriptor tells whether all lower ones are taken.
    static func isFree(under limit: UInt64) -> Bool {
        let lowest = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard lowest >= 0 else { return errno != EMFILE }
        close(lowest)
        return UInt64(lowest) < limit - min(256, limit / 8)
    }
}
