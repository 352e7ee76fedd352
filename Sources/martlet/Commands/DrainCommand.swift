import ArgumentParser

/// `martlet drain`.
struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Prepare a restart: take no new sessions and messages, and wait until none waits.",
        discussion:
            "Ends when no message waits for a network. Martlet stays in this state until it is restarted, or until `martlet drain --end`."
    )

    @Flag(name: .long, help: "Do not wait: only say how many messages wait.")
    var noWait = false

    @Flag(name: .long, help: "Take new sessions and messages again.")
    var end = false

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send("maintenance", ["state": [end ? "off" : "on"], "wait": [noWait || end ? "0" : "1"]])
    }
}
