import Glibc
import Logging

/// The number of files and connections that this process may have open. Each user of a network needs a connection.
/// Systems start with a low limit, often 1,024, because programs that use `select` cannot handle more.
enum OpenFiles {
    /// Enough for a few thousand users. A lower limit gives a warning.
    private static let comfortable: rlim_t = 8192

    /// Raises the limit as far as the system allows. Warns if it is still low.
    static func raiseLimit(_ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = before }
        guard limit.rlim_cur < comfortable else { return }
        logger.warning(
            "few connections are possible: raise the limit of open files (LimitNOFILE of the service, ulimit -n)",
            metadata: ["limit": "\(limit.rlim_cur)"])
    }
}
