import GatewayKit
import XMPP

/// The commands with which users look at, end and renew their own connections to networks, and the command with which
/// operators end those of other users.
final class ConnectionCommands: Feature {
    /// Maximum of users that a form lists. An operator can name any other user by typing the JID.
    private static let mostListed = 500
    private static let reasonField = "quit-message"

    private let kernel: Kernel
    private let accounts: Accounts
    private let rooms: Rooms
    private let commands: Commands
    /// The name of the field with the chosen networks.
    private var networks = ""

    init(_ kernel: Kernel, _ accounts: Accounts, _ rooms: Rooms, _ commands: Commands) {
        self.kernel = kernel
        self.accounts = accounts
        self.rooms = rooms
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        commands.add(CommandDefinition("connection", "Show my registration and my connections", run: overview))
        guard let names = kernel.description.connectionCommands else { return }
        networks = names.networks
        commands.add(
            CommandDefinition(
                names.info, word: "connection", "Show my connection to this network", at: .network, run: info))
        commands.add(
            CommandDefinition(
                names.disconnect, word: "disconnect", "Disconnect from networks",
                steps: [askForNetworksToLeave], run: disconnect))
        commands.add(
            CommandDefinition(
                "reconnect", "Connect to networks again", steps: [askForNetworksToRenew], run: reconnect))
        commands.add(
            CommandDefinition("reconnect", "Connect to this network again", at: .network, run: reconnectHere))
        commands.add(
            CommandDefinition(
                "disconnect-user", "Disconnect users from networks", for: .operators,
                steps: [askForUsers, askForNetworksOfUsers], run: disconnectUsers))
    }

    // MARK: Information

    private static let notConnected =
        "You are not connected to this network. Enter one of its rooms, and the gateway connects."

    private func info(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard case .network(let network) = call.target, accounts.isOpen(call.user, on: network) else {
            return .done(CommandResult(Self.notConnected))
        }
        guard accounts.isOnline(call.user, on: network) else {
            return .done(CommandResult("The gateway is connecting to \(network) for you."))
        }
        let nick = accounts.nick(of: call.user, on: network) ?? "an unknown nick"
        let inside = rooms.rooms(of: call.user).filter { $0.address.network == network }
        let lines = inside.sorted { $0.address.name < $1.address.name }.map { room in
            "\(room.address.name): as \(room.nick), with \(room.members.count) of your clients"
        }
        let rooms = lines.count == 1 ? "one room" : "\(lines.count) rooms"
        return .done(CommandResult(["You are connected to \(network) as \(nick), and in \(rooms)."] + lines))
    }

    private func overview(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let state = accounts.isRegistered(call.user) ? "registered" : "not registered"
        var lines = ["You are \(state) with \(kernel.settings.domain)."]
        for network in accounts.networksOpen(of: call.user).sorted(by: { $0.rawValue < $1.rawValue }) {
            let isOnline = accounts.isOnline(call.user, on: network)
            let nick = accounts.nick(of: call.user, on: network).map { " as \($0)" } ?? ""
            lines.append("\(network): \(isOnline ? "connected\(nick)" : "connecting")")
        }
        if lines.count == 1 { lines.append("You are connected to no network.") }
        return .done(CommandResult(lines))
    }

    // MARK: Ending and renewing connections

    private func askForNetworksToLeave(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        var form = networksForm(call.user, "Disconnect from networks")
        form?.fields.append(Self.reason("Disconnected"))
        return form
    }

    private func askForNetworksToRenew(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        networksForm(call.user, "Connect again")
    }

    /// The form with the networks to which a user is connected; nil if there are none.
    private func networksForm(_ user: User, _ title: String) -> CommandForm? {
        let open = accounts.networksOpen(of: user)
        guard !open.isEmpty else { return nil }
        let field = CommandField(
            networks, .choices, label: "Networks", isRequired: true,
            options: open.map { CommandField.Option($0.rawValue) })
        return CommandForm(title: title, fields: [field])
    }

    private func disconnect(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let chosen = try chosenNetworks(call)
        guard !chosen.isEmpty else { return .done(CommandResult("You are connected to no network.")) }
        for network in chosen { accounts.disconnect(call.user, from: network, reason: Self.reason(in: call)) }
        return .done(CommandResult("Disconnected from \(chosen.map(\.rawValue).joined(separator: ", "))."))
    }

    private func reconnect(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let chosen = try chosenNetworks(call)
        guard !chosen.isEmpty else { return .done(CommandResult("You are connected to no network.")) }
        for network in chosen { rooms.reconnect(call.user, to: network) }
        let names = chosen.map(\.rawValue).joined(separator: ", ")
        return .done(CommandResult("The gateway connects to \(names) again."))
    }

    private func reconnectHere(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard let network = call.target.network, accounts.isOpen(call.user, on: network) else {
            return .done(CommandResult(Self.notConnected))
        }
        rooms.reconnect(call.user, to: network)
        return .done(CommandResult("The gateway connects to \(network) again."))
    }

    /// The chosen networks. A connection may have ended since the form was shown.
    private func chosenNetworks(_ call: CommandDefinition.Call) throws(StanzaError) -> [NetworkID] {
        let open = accounts.networksOpen(of: call.user)
        let chosen = call.values.list(networks).map { NetworkID($0) }
        if let other = chosen.first(where: { !open.contains($0) }) {
            throw StanzaError(.notAcceptable, "You are not connected to \(other).").about(networks)
        }
        return open.filter(chosen.contains)
    }

    private func askForUsers(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        var users = CommandField(
            "jids", .choices, label: "Users", isRequired: true,
            options: connectedUsers.map { CommandField.Option($0) })
        users.allowsOtherValues = true
        return CommandForm(title: "Disconnect users", fields: [users, Self.reason("Disconnected by an operator")])
    }

    /// The form with the networks to which the chosen users are connected; nil if that is one network.
    private func askForNetworksOfUsers(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let open = Set(try chosenUsers(call).flatMap { accounts.networksOpen(of: $0) })
        guard open.count > 1 else { return nil }
        let field = CommandField(
            networks, .choices, label: "Networks; none for all",
            options: open.map(\.rawValue).sorted().map { CommandField.Option($0) })
        return CommandForm(title: "Disconnect users", fields: [field])
    }

    private func chosenUsers(_ call: CommandDefinition.Call) throws(StanzaError) -> [User] {
        var chosen: [User] = []
        for jid in call.values.list("jids") { chosen.append(try user(jid)) }
        return chosen
    }

    private func disconnectUsers(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let chosen = try chosenUsers(call)
        let wanted = call.values[networks].map { Set($0.map { NetworkID($0) }) }
        for user in chosen {
            for network in accounts.networksOpen(of: user) where wanted?.contains(network) != false {
                accounts.disconnect(user, from: network, reason: Self.reason(in: call))
            }
        }
        let words = "\(chosen.count) \(chosen.count == 1 ? "user has" : "users have") been disconnected."
        return .done(CommandResult(words))
    }

    /// The loaded users with open connections, by bare JID.
    private var connectedUsers: [String] {
        let users = kernel.users.loaded.filter { !accounts.networksOpen(of: $0).isEmpty }
        return users.map(\.jid.description).sorted().prefix(Self.mostListed).map(\.self)
    }

    private func user(_ text: String) throws(StanzaError) -> User {
        guard let jid = try? JID(text), let user = kernel.users[jid] else {
            let words = "No user with the JID '\(text)' is connected. Send 'users' for a list."
            throw StanzaError(.itemNotFound, words).about("jids")
        }
        return user
    }

    private static func reason(_ text: String) -> CommandField {
        CommandField(reasonField, .text, label: "Reason, which people on the network can read", values: [text])
    }

    private static func reason(in call: CommandDefinition.Call) -> String {
        call.values.text(reasonField) ?? "Disconnected"
    }
}
