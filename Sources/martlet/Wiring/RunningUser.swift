import Glibc
import Logging

/// Who this process runs as.
enum RunningUser {
    /// Martlet needs no right that other users lack, and what reads bytes from the network should have none.
    static func warnIfRoot(_ logger: Logger, user: uid_t = geteuid()) {
        guard user == 0 else { return }
        logger.warning(
            "running as root: give Martlet a user of its own (User= of the service) that owns the registry's folder")
    }
}
