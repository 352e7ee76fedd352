import ArgumentParser

/// `martlet readmit`.
struct ReadmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readmit", abstract: "Readmit suspended or banned users and domains.")

    @Argument(help: "The addresses.")
    var subjects: [String]

    @OptionGroup var options: ControlOptions

    func run() throws {
        try options.send("readmit", ["accountjids": subjects])
    }
}
