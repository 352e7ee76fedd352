import Glibc

/// The user of the operating system under which the service runs.
struct ServiceUser: Equatable {
    /// The name of the user and of its group, as the Debian package makes them.
    static let usualName = "martlet"

    let name: String
    let user: uid_t
    let group: gid_t

    /// Finds a user by its name. Nil if there is none.
    init?(name: String) {
        guard let entry = getpwnam(name) else { return nil }
        self.init(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }

    init(name: String, user: uid_t, group: gid_t) {
        self.name = name
        self.user = user
        self.group = group
    }

    /// Whether the present user may give files to others, and become another user.
    static var isRoot: Bool { geteuid() == 0 }

    /// The user of the service if the present user can act for it; nil if the present user is not root, or if the
    /// service has no user of its own.
    static var served: ServiceUser? { isRoot ? ServiceUser(name: usualName) : nil }

    /// Makes the whole process one of this user, for good. False if the system refuses that.
    func become() -> Bool { initgroups(name, group) == 0 && setgid(group) == 0 && setuid(user) == 0 }
}
