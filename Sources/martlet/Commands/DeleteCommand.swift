import ArgumentParser

/// `martlet delete`.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete all data that a gateway keeps about a user.",
        discussion: "The user can register again; `suspend` prevents that.")

    @Argument(help: "The address of the user.")
    var user: String

    @Flag(name: .long, help: "Really delete the data. There is no way back.")
    var yes = false

    @OptionGroup var options: ControlOptions

    func run() throws {
        guard yes else { throw ValidationError("add --yes to delete all data of \(user); there is no way back") }
        try options.send("delete-user", ["user-jid": [user], "confirm": ["1"]])
    }
}
