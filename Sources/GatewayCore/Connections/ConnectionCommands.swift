import GatewayKit
import XMPP

/// The commands with which users look at and end their connections to networks. Administrators can also end those of
/// other users.
final class ConnectionCommands: Feature {
    /// Maximum of users that a form lists. An administrator can name any other user by typing the JID.
    private static let mostListed = 500
    private static let reasonField = "quit-message"

    private let kernel: Kernel
    private let accounts: Accounts
    private let rooms: Rooms
    private let commands: Commands

    init(_ kernel: Kernel, _ accounts: Accounts, _ rooms: Rooms, _ commands: Commands) {
        self.kernel = kernel
        self.accounts = accounts
        self.rooms = rooms
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        guard let names = kernel.description.connectionCommands else { return }
        commands.add(
            CommandDefinition(
                node: names.info, name: "Show my connection to this network", isForChat: false, targets: .network
            ) { [self] call throws(StanzaError) in .done(info(call)) })
        commands.add(
            CommandDefinition(node: names.disconnect, name: "Disconnect from networks", isForChat: false) {
                [self] call throws(StanzaError) in try disconnect(call, field: names.networks)
            })
        commands.add(
            CommandDefinition(
                node: "disconnect-user", name: "Disconnect users from all networks", isForChat: false, isForAdmins: true
            ) { [self] call throws(StanzaError) in try disconnectUsers(call) })
    }

    // MARK: Information

    private func info(_ call: CommandDefinition.Call) -> [String] {
        guard case .network(let network) = call.target, accounts.isOpen(call.user, on: network) else {
            return ["You are not connected to this network. Enter one of its rooms, and the gateway connects."]
        }
        guard accounts.isOnline(call.user, on: network) else {
            return ["The gateway is connecting to \(network) for you."]
        }
        let nick = accounts.nick(of: call.user, on: network) ?? "an unknown nick"
        let inside = rooms.rooms(of: call.user).filter { $0.address.network == network }
        let lines = inside.sorted { $0.address.name < $1.address.name }.map { room in
            "\(room.address.name): as \(room.nick), with \(room.members.count) of your clients"
        }
        let rooms = lines.count == 1 ? "one room" : "\(lines.count) rooms"
        return ["You are connected to \(network) as \(nick), and in \(rooms)."] + lines
    }

    // MARK: Ending connections

    /// Ends connections. An administrator first chooses the user whose connections end. Any other user can
    /// end only their own.
    ///
    /// - Parameter field: the name of the field with the chosen networks.
    private func disconnect(
        _ call: CommandDefinition.Call, field: String
    ) throws(StanzaError) -> CommandDefinition.Reply {
        guard kernel.settings.isAdmin(call.user.jid) else {
            return try disconnect(call.user, call.forms.first, field)
        }
        guard let choice = call.forms.first else {
            let users = DataForm.Field(
                "jid", .listSingle, label: "User", isRequired: true, values: [call.user.jid.description],
                options: connectedUsers.map { DataForm.Option($0, label: $0) })
            return .form(DataForm(.form, title: "Disconnect from networks", fields: [users]), isLastStage: false)
        }
        let user = try user(choice.value("jid") ?? "")
        return try disconnect(user, call.forms.count > 1 ? call.forms[1] : nil, field)
    }

    private func disconnect(
        _ user: User, _ form: DataForm?, _ field: String
    ) throws(StanzaError) -> CommandDefinition.Reply {
        let open = accounts.networksOpen(of: user)
        guard !open.isEmpty else { return .done(["\(user.jid) is connected to no network."]) }
        guard let form else {
            let networks = DataForm.Field(
                field, .listMulti, label: "Networks", isRequired: true,
                options: open.map { DataForm.Option($0.rawValue, label: $0.rawValue) })
            return .form(
                DataForm(.form, title: "Disconnect from networks", fields: [networks, Self.reason("Disconnected")]))
        }
        let chosen = form.values(field).map { NetworkID($0) }
        guard !chosen.isEmpty else { throw StanzaError(.modify, .notAcceptable, "Choose at least one network.") }
        if let other = chosen.first(where: { !open.contains($0) }) {
            throw StanzaError(.modify, .notAcceptable, "\(user.jid) is not connected to \(other).")
        }
        for network in open where chosen.contains(network) {
            accounts.disconnect(user, from: network, reason: Self.reason(in: form))
        }
        return .done(["Disconnected from \(open.filter(chosen.contains).map(\.rawValue).joined(separator: ", "))."])
    }

    private func disconnectUsers(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard let form = call.form else {
            let users = DataForm.Field(
                "jids", .listMulti, label: "Users", isRequired: true,
                options: connectedUsers.map { DataForm.Option($0, label: $0) })
            let fields = [users, Self.reason("Disconnected by an administrator")]
            return .form(DataForm(.form, title: "Disconnect users", fields: fields))
        }
        var chosen: [User] = []
        for jid in form.values("jids") { chosen.append(try user(jid)) }
        guard !chosen.isEmpty else { throw StanzaError(.modify, .notAcceptable, "Choose at least one user.") }
        for user in chosen {
            for network in accounts.networksOpen(of: user) {
                accounts.disconnect(user, from: network, reason: Self.reason(in: form))
            }
        }
        return .done(["\(chosen.count) \(chosen.count == 1 ? "user has" : "users have") been disconnected."])
    }

    /// The loaded users with open connections, by bare JID.
    private var connectedUsers: [String] {
        let users = kernel.users.loaded.filter { !accounts.networksOpen(of: $0).isEmpty }
        return users.map(\.jid.description).sorted().prefix(Self.mostListed).map(\.self)
    }

    private func user(_ text: String) throws(StanzaError) -> User {
        guard let jid = try? JID(text), let user = kernel.users[jid] else {
            throw StanzaError(.cancel, .itemNotFound, "No user with the JID '\(text)' is connected.")
        }
        return user
    }

    private static func reason(_ text: String) -> DataForm.Field {
        DataForm.Field(reasonField, .textSingle, label: "Reason, which people on the network can read", values: [text])
    }

    private static func reason(in form: DataForm) -> String {
        let text = form.value(reasonField) ?? ""
        return text.isEmpty ? "Disconnected" : text
    }
}
