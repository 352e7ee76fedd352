import BiboumiImport
import GatewayKit
import Registry
import XMPP

/// The records that an import of biboumi's database adds to the registry, and the settings that it leaves out. A pure
/// function of the database and the gateway's rules.
struct BiboumiPlan: Equatable {
    /// One account to save, one contact, or one user's settings for a channel.
    enum Step: Equatable {
        case account(AccountRecord)
        case contact(ContactRecord)
        case room(RoomSettingsRecord)
    }

    /// The settings of one user for one channel.
    struct RoomSettingsRecord: Equatable {
        let gateway: String
        let user: UserID
        /// The raw localpart of the channel.
        let place: String
        let settings: [String: String]
    }

    private(set) var steps: [Step] = []
    /// Lines for the operator: each names something that is not taken over, and the reason.
    private(set) var omissions: [String] = []

    /// - Parameters:
    ///   - gateway: the domain of the gateway that takes biboumi's place.
    ///   - rules: the gateway's rules, which know its networks.
    ///   - known: the records of users that the registry has already. They are never changed.
    init(_ database: BiboumiDatabase, gateway: String, rules: any NetworkRules, known: [UserID: UserRecord]) {
        for server in database.servers { add(server, gateway, rules, known) }
        for contact in database.contacts { add(contact, gateway, rules, known) }
        for channel in database.channels { add(channel, gateway, rules, known) }
        for channel in database.channels where channel.isPersistent {
            omissions.append(
                "\(channel.owner): \(channel.channel) on \(channel.server) is persistent; here a channel stays while a "
                    + "client is in it")
        }
        if database.messages > 0 { omissions.append("\(database.messages) messages of the archive") }
    }

    /// The users whom the database names, if their addresses are valid.
    static func users(of database: BiboumiDatabase) -> Set<UserID> {
        let names =
            database.servers.map(\.owner) + database.contacts.map(\.user) + database.channels.map(\.owner)
        return Set(names.compactMap(user))
    }

    private static func user(_ text: String) -> UserID? {
        guard let jid = try? JID(text), jid.local != nil else { return nil }
        return UserID(jid.bare.description)
    }

    private mutating func add(
        _ server: BiboumiDatabase.Server, _ gateway: String, _ rules: any NetworkRules, _ known: [UserID: UserRecord]
    ) {
        let title = "\(server.owner): \(server.server)"
        guard let user = Self.user(server.owner) else {
            return omissions.append("\(title): the owner is not a valid JID")
        }
        guard let network = Self.network(server.server, rules) else {
            return omissions.append(
                "\(title): no network of this gateway has that name or server; add it under networks, or set "
                    + "other-servers: allow")
        }
        var values = server.values
        if !server.afterConnect.isEmpty {
            values[BiboumiPlan.commands] = server.afterConnect.joined(separator: "\n")
        }
        // biboumi writes a space of a user name as _ when it connects.
        values["username"] = values["username"].map { String($0.map { $0 == " " ? "_" : $0 }) }
        let form = rules.description.loginForm
        var settings: [String: String] = [:]
        for (field, value) in values.sorted(by: { $0.key < $1.key }) where Self.usual[field] != value {
            guard form.contains(where: { $0.name == field }) else {
                omissions.append("\(title): \(field): \(Self.reasons[field] ?? "there is no such setting here")")
                continue
            }
            do throws(Failure) {
                settings.merge(try rules.check(login: [field: value])) { $1 }
            } catch {
                omissions.append("\(title): \(field): \(error.text)")
            }
        }
        guard !settings.isEmpty else { return }
        let secrets = Set(form.filter(\.isSealed).map(\.name)).intersection(settings.keys)
        let account = AccountRecord(
            gateway: gateway, user: user, network: network, settings: settings, secretKeys: secrets)
        save(account, known[user], title)
    }

    /// The network of a server's name. A gateway with a fixed network has only that one.
    private static func network(_ server: String, _ rules: any NetworkRules) -> NetworkID? {
        for localpart in ["", server] {
            if case .network(let network)? = try? rules.address(localpart: localpart) { return network }
        }
        return nil
    }

    private mutating func save(_ account: AccountRecord, _ known: UserRecord?, _ title: String) {
        let isKnown = known?.accounts.contains { $0.network == account.network } ?? false
        let isPlanned = steps.contains {
            if case .account(let other) = $0 {
                other.user == account.user && other.network == account.network
            } else {
                false
            }
        }
        guard !isKnown, !isPlanned else {
            return omissions.append("\(title): the user has settings for \(account.network?.rawValue ?? "it") already")
        }
        steps.append(.account(account))
    }

    private mutating func add(
        _ contact: BiboumiDatabase.Contact, _ gateway: String, _ rules: any NetworkRules,
        _ known: [UserID: UserRecord]
    ) {
        let title = "\(contact.user): contact \(contact.address)"
        guard let user = Self.user(contact.user) else {
            return omissions.append("\(title): the user is not a valid JID")
        }
        let localpart: String
        switch (try? JID(contact.address))?.local {
        case nil: localpart = ""
        case let local?:
            guard let address = try? rules.address(localpart: JID.unescape(local)) else {
                return omissions.append("\(title): it is not an address of this gateway")
            }
            localpart = rules.localpart(of: address)
        }
        let record = ContactRecord(gateway: gateway, user: user, localpart: localpart)
        let isKnown = known[user]?.contacts.contains { $0.localpart == localpart && $0.isSubscribed } ?? false
        guard !isKnown, !steps.contains(.contact(record)) else { return }
        steps.append(.contact(record))
    }

    /// Takes over the encodings of a channel, which a user can set here, too.
    private mutating func add(
        _ channel: BiboumiDatabase.Channel, _ gateway: String, _ rules: any NetworkRules,
        _ known: [UserID: UserRecord]
    ) {
        let encodings = ["encoding_in": channel.encoding, "encoding_out": channel.encodingOut].compactMapValues { $0 }
        guard !encodings.isEmpty else { return }
        let title = "\(channel.owner): \(channel.channel) on \(channel.server)"
        guard let user = Self.user(channel.owner) else {
            return omissions.append("\(title): the owner is not a valid JID")
        }
        guard let network = Self.network(channel.server, rules),
            let room = Self.room(channel.channel, on: network, rules)
        else {
            return omissions.append("\(title): its encodings: this gateway has no channel of that name")
        }
        let place = rules.localpart(of: .room(room))
        let isKnown = known[user]?.kept.contains { $0.purpose == .room && $0.place == place } ?? false
        let isPlanned = steps.contains {
            if case .room(let other) = $0 { other.user == user && other.place == place } else { false }
        }
        guard !isKnown, !isPlanned else {
            return omissions.append("\(title): the user has settings for the channel already")
        }
        do throws(Failure) {
            let settings = try rules.check(room: encodings)
            steps.append(
                .room(RoomSettingsRecord(gateway: gateway, user: user, place: place, settings: settings)))
        } catch {
            omissions.append("\(title): its encodings: \(error.text)")
        }
    }

    private static func room(_ name: String, on network: NetworkID, _ rules: any NetworkRules) -> RoomAddress? {
        let localpart = rules.localpart(of: .room(RoomAddress(network: network, name: name)))
        guard case .room(let room)? = try? rules.address(localpart: localpart) else { return nil }
        return room
    }

    /// The field with the commands that are sent after each connect.
    fileprivate static let commands = "after_connect_commands"

    /// The values that biboumi stores for users who have set none.
    private static let usual = [
        "ports": "6667", "tls_ports": "6697;6670", "throttle_limit": "10",
    ]

    private static let reasons = [
        "address": "the operator sets the addresses of servers here",
        "ports": "the operator sets ports here; there is no fall-back to clear text",
        "tls_ports": "the operator sets ports here",
        "fingerprint": "it is a SHA-1; the operator sets the SHA-256 of the key (pin)",
        "encoding_in": "users set encodings here for each channel, and the operator for a network",
        "throttle_limit": "the operator sets the rate (flood)",
    ]
}

extension BiboumiPlan.Step: CustomStringConvertible {
    /// The step in one line, without secrets.
    var description: String {
        switch self {
        case .account(let account):
            let settings = account.settings.sorted { $0.key < $1.key }.map { key, value in
                account.secretKeys.contains(key) ? "\(key) (not shown)" : "\(key) = \(value)"
            }
            return "\(account.user): \(account.network?.rawValue ?? ""): \(settings.joined(separator: ", "))"
        case .contact(let contact):
            let address = contact.localpart.isEmpty ? "the gateway" : contact.localpart
            return "\(contact.user): contact \(address)"
        case .room(let room):
            let settings = room.settings.sorted { $0.key < $1.key }.map { "\($0) = \($1)" }
            return "\(room.user): \(room.place): \(settings.joined(separator: ", "))"
        }
    }
}
