import ArgumentParser
import Basics
import Foundation
import IRCAdapter

/// `martlet init`: writes a configuration, its secrets and the XMPP server's part.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first configuration, its secrets, and the lines for the XMPP server.",
        discussion: """
            On a terminal it asks for everything that no option gives; with --defaults, and without a terminal, it \
            takes the defaults. Without --irc, --sms and --loopback the only gateway is one to IRC, at irc.DOMAIN. As \
            root it gives the files to the group of the user martlet, if there is one. Then it checks the result as \
            `martlet check` does, and says the next command.

            It never overwrites a file: it exits with 73 if one is there or cannot be made, with 64 if an answer is \
            wrong, and with 78 if the check finds an error.
            """)

    @Option(name: .long, help: "The domain of the XMPP server, such as example.org.")
    var domain: String?

    @Option(name: .long, help: "The XMPP server: prosody, ejabberd or openfire. The default is prosody.")
    var software: String?

    @Option(
        name: .long, help: "HOST:PORT at which the XMPP server accepts components. The default is the server's own.")
    var server: String?

    @Option(name: .long, help: "The bare JID of the operator.")
    var admin: String?

    @Option(name: .long, help: "The domain of a gateway to IRC.")
    var irc: String?

    @Option(name: .long, help: "The IRC networks, separated by commas. The default is libera.")
    var networks: String?

    @Option(name: .long, help: "The domain of a gateway to text messages.")
    var sms: String?

    @Option(name: .long, help: "The provider of text messages.")
    var provider: String?

    @Option(
        name: .customLong("setting"),
        help: "A setting of the provider: NAME=VALUE, or NAME=@FILE for the content of a file. Can be repeated.")
    var settings: [String] = []

    @Option(
        name: .long, help: "The numbers of the account with their users: NUMBER=JID or NUMBER, separated by commas.")
    var numbers: String?

    @Option(name: .long, help: "The URL by which the provider reaches this machine.")
    var publicURL: String?

    @Flag(name: .long, help: "A gateway at loopback.DOMAIN to try clients with, without a network or provider.")
    var loopback = false

    @Option(
        name: .long,
        help:
            "The folder of the registry. The default is /var/lib/martlet with /etc/martlet, otherwise data in the folder."
    )
    var data: String?

    @Flag(name: .long, help: "Ask nothing.")
    var defaults = false

    @Argument(help: "The folder of the configuration.")
    var folder = InitDraft.usualFolder

    func run() throws {
        let answers = try answers()
        let plan = InitPlan(answers, makeSecret: Self.makeSecret)
        let served = ServiceUser.served
        do {
            try InitWriter(served: served).write(plan, folder: answers.folder, data: answers.data)
        } catch {
            FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
            throw ExitCode(error.code)
        }
        for file in plan.files { print("wrote \(file.path)") }
        print("\nThe lines for \(answers.software.rawValue), which are in \(plan.serverLines.path):\n")
        print(plan.serverLines.text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        print("\nAs root, give them to \(answers.software.rawValue):\n")
        for step in plan.serverLines.steps { print("    \(step)") }
        for file in plan.files where file.path.hasSuffix("-token.secret") {
            print("\nThe provider has to send the token in \(file.path) with its calls: write it into its settings.")
        }
        print("\nThe check of \(answers.configuration):")
        if let served, !served.become() { print("cannot become \(served.name), so it is checked as root") }
        print(try ConfigurationOptions.checked(answers.configuration))
        print("\nNext:\n\n    \(Self.nextCommand(answers))")
    }

    private func answers() throws -> InitAnswers {
        let interview = InitInterview(
            terminal: defaults ? nil : SystemTerminal(), providers: ProviderForms(),
            networks: EmbeddedProfiles.files.map(\.name),
            presentFolder: FileManager.default.currentDirectoryPath,
            readFile: {
                try String(contentsOfFile: $0, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            },
            makeSecret: Self.makeSecret)
        do {
            return try interview.answers(draft)
        } catch let fault as AnswerFault {
            throw ValidationError(fault.description)
        }
    }

    private var draft: InitDraft {
        InitDraft(
            domain: domain, software: software, server: server, admin: admin, irc: irc, networks: networks, sms: sms,
            provider: provider, settings: settings, numbers: numbers, publicURL: publicURL, hasLoopback: loopback,
            folder: folder, data: data)
    }

    /// 32 random bytes of the system in hexadecimal.
    private static func makeSecret() -> String {
        var generator = SystemRandomNumberGenerator()
        return Hex.encode((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    private static func nextCommand(_ answers: InitAnswers) -> String {
        let isService = FileManager.default.fileExists(atPath: "/lib/systemd/system/martlet.service")
        return isService && answers.folder == InitDraft.usualFolder
            ? "systemctl start martlet" : "martlet run --config \(answers.configuration)"
    }
}
