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
                Without --apply it only prints what it would do; Martlet may run meanwhile. With --apply it writes the settings and contacts to \
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
                let plan =
                    apply
                    ? try await Self.apply(database, domain, rules, configuration)
                    : try await Self.plan(database, domain, rules, configuration)
                print(plan.report(isApplied: apply))
            } catch let fault as BiboumiFault {
                throw ValidationError(fault.description)
            } catch let error as RegistryError {
                throw ValidationError("registry: \(error)" + (apply ? ". Stop Martlet before an import" : ""))
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

        /// Writes the users of biboumi to the registry.
        private static func apply(
            _ database: BiboumiDatabase, _ domain: String, _ rules: any NetworkRules,
            _ configuration: MartletConfiguration<any AdapterKind>
        ) async throws(RegistryError) -> BiboumiPlan {
            let registry = try SQLiteStore(path: configuration.registry, keyFile: configuration.registryKey)
            let plan = try await plan(database, domain, rules, registry)
            try await write(plan, to: registry)
            await registry.close()
            return plan
        }

        /// Makes the plan of a dry run. It reads a copy of the registry, because Martlet may be using the registry. If
        /// there is no registry, it creates none.
        private static func plan(
            _ database: BiboumiDatabase, _ domain: String, _ rules: any NetworkRules,
            _ configuration: MartletConfiguration<any AdapterKind>
        ) async throws -> BiboumiPlan {
            guard FileManager.default.fileExists(atPath: configuration.registry) else {
                return BiboumiPlan(database, gateway: domain, rules: rules, known: [:])
            }
            let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let copy = folder + "/registry"
            try RegistryCopy.make(of: configuration.registry, to: copy)
            let registry = try SQLiteStore(
                path: copy, keyFile: configuration.registryKey ?? configuration.registry + ".key")
            let plan = try await plan(database, domain, rules, registry)
            await registry.close()
            return plan
        }

        private static func plan(
            _ database: BiboumiDatabase, _ domain: String, _ rules: any NetworkRules, _ registry: SQLiteStore
        ) async throws(RegistryError) -> BiboumiPlan {
            var known: [UserID: UserRecord] = [:]
            for user in BiboumiPlan.users(of: database) {
                known[user] = try await registry.read(UserQuery(gateway: domain, user: user))
            }
            return BiboumiPlan(database, gateway: domain, rules: rules, known: known)
        }

        private static func write(_ plan: BiboumiPlan, to registry: SQLiteStore) async throws(RegistryError) {
            for step in plan.steps {
                let change: Change =
                    switch step {
                    case .account(let account): .saveAccount(account, unique: [])
                    case .contact(let contact): .saveContact(contact)
                    case .room(let room):
                        .keepValues(
                            room.settings.mapValues { $0 }, for: .room, place: room.place, of: room.user,
                            gateway: room.gateway, at: SystemClock.now())
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
        let contacts = steps.count { if case .contact = $0 { true } else { false } }
        let rooms = steps.count - accounts - contacts
        lines += [
            "",
            "\(accounts) settings, \(contacts) contacts, \(rooms) settings of channels, \(omissions.count) not taken over.",
        ]
        if !isApplied { lines.append("Nothing has been changed. Add --apply to write this to the registry.") }
        return lines.joined(separator: "\n")
    }
}
