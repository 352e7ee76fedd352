import ArgumentParser
import BiboumiImport
import Foundation
import GatewayKit
import Registry
import SQLiteStore
import Settings

/// `martlet import`: takes over the users of another gateway.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take over the users of another gateway.", subcommands: [Biboumi.self])

    /// `martlet import biboumi FILE`.
    struct Biboumi: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "biboumi",
            abstract: "Take over settings and rosters from the SQLite database of biboumi 8 or 9.",
            discussion: """
                Without --apply it only prints what it would do. With --apply it writes the settings and contacts to \
                the registry, for which Martlet must be stopped. It never changes settings that a user has here \
                already, so it can be run again. The database of biboumi is only read.
                """)

        @Argument(help: "The SQLite database of biboumi.")
        var file: String

        @Option(name: .long, help: "The domain of the IRC gateway, if the configuration has several.")
        var gateway: String?

        @Flag(name: .long, help: "Write to the registry.")
        var apply = false

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let (configuration, _) = try options.load()
            let (domain, rules) = try chosenGateway(configuration)
            do {
                let database = try BiboumiDatabase(file: file)
                let registry = try openRegistry(configuration)
                let plan = try await Self.plan(database, domain, rules, registry)
                if apply, let registry { try await Self.write(plan, to: registry) }
                print(plan.report(isApplied: apply))
                await registry?.close()
            } catch let fault as BiboumiFault {
                throw ValidationError(fault.description)
            } catch let error as RegistryError {
                throw ValidationError("registry: \(error). Stop Martlet before an import")
            }
        }

        private func chosenGateway(
            _ configuration: MartletConfiguration<any AdapterKind>
        ) throws -> (String, any NetworkRules) {
            let all = configuration.gateways.compactMap { gateway in
                (gateway.settings as? IRCKind).map { (gateway.domain, $0.rules) }
            }
            let chosen = gateway.map { name in all.filter { $0.0 == name } } ?? all
            guard chosen.count == 1 else {
                let names = all.map(\.0).joined(separator: ", ")
                throw ValidationError("name one gateway of the adapter irc with --gateway: \(names)")
            }
            return chosen[0]
        }

        /// Opens the registry. Returns nil if there is none and `--apply` is not given, because a dry run creates none.
        private func openRegistry(
            _ configuration: MartletConfiguration<any AdapterKind>
        ) throws(RegistryError) -> SQLiteStore? {
            guard apply || FileManager.default.fileExists(atPath: configuration.registry) else { return nil }
            return try SQLiteStore(path: configuration.registry, keyFile: configuration.registryKey)
        }

        private static func plan(
            _ database: BiboumiDatabase, _ domain: String, _ rules: any NetworkRules, _ registry: SQLiteStore?
        ) async throws(RegistryError) -> BiboumiPlan {
            var known: [UserID: UserRecord] = [:]
            if let registry {
                for user in BiboumiPlan.users(of: database) {
                    known[user] = try await registry.read(UserQuery(gateway: domain, user: user))
                }
            }
            return BiboumiPlan(database, gateway: domain, rules: rules, known: known)
        }

        private static func write(_ plan: BiboumiPlan, to registry: SQLiteStore) async throws(RegistryError) {
            for step in plan.steps {
                let change: Change =
                    switch step {
                    case .account(let account): .saveAccount(account, unique: [])
                    case .contact(let contact): .saveContact(contact)
                    }
                let result: Result<ChangeReply, RegistryError> = await withCheckedContinuation { continuation in
                    registry.submit(change) { continuation.resume(returning: $0) }
                }
                _ = try result.get()
            }
        }
    }
}

extension BiboumiPlan {
    /// The plan as a text for the operator.
    func report(isApplied: Bool) -> String {
        var lines = steps.map { "\(isApplied ? "+" : "would add") \($0)" }
        if !omissions.isEmpty { lines += ["", "Not taken over:"] + omissions.map { "- \($0)" } }
        let accounts = steps.count { if case .account = $0 { true } else { false } }
        let contacts = steps.count - accounts
        lines += ["", "\(accounts) settings, \(contacts) contacts, \(omissions.count) not taken over."]
        if !isApplied { lines.append("Nothing has been changed. Add --apply to write this to the registry.") }
        return lines.joined(separator: "\n")
    }
}
