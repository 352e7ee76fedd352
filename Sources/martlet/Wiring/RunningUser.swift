import Glibc
import Logging

/// The user of the operating system under which this process runs.
enum RunningUser {
    /// Warns if the user is root. Martlet needs no special right, and a program that reads bytes from the network
    /// should not have any.
    static func warnIfRoot(_ logger: Logger, user: uid_t = geteuid()) {
        guard user == 0 else { return }
        logger.warning(
            "running as root: give Martlet a user of its own (User= of the service) that owns the registry's folder")
    }
}
