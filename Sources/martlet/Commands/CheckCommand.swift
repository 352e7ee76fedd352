import ArgumentParser

/// `martlet check`: prints all problems of a configuration, and starts nothing.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Report all problems of a configuration file, with line and key.",
        discussion: """
            Exits with 0 if the file is valid, and with 78 if it has an error. Also checks whether Martlet could start: \
            the registry's folder, owner, version and space, its key file, and the ports. As root with the usual file, \
            it checks all that as the user martlet, if there is one; --user names another user.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "The user who will run Martlet. Only root can name another user.")
    var user: String?

    func run() throws {
        if let user = try servedUser(), !user.become() {
            throw ValidationError("--user: the system does not let this process become \(user.name)")
        }
        print(try ConfigurationOptions.checked(options.config))
    }

    /// The user for whom the check is made; nil for the present user.
    private func servedUser() throws -> ServiceUser? {
        guard let user else { return options.config == ConfigurationOptions.usualFile ? ServiceUser.served : nil }
        guard let found = ServiceUser(name: user) else {
            throw ValidationError("--user: there is no user '\(user)' on this machine")
        }
        return found
    }
}
