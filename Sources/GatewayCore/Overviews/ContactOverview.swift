import GatewayKit
import Registry
import XMPP

/// The commands `contacts`, which lists the user's contacts, and `add`, which adds a person to them.
final class ContactOverview: Feature {
    private static let id: FeatureID = "contact overview"

    private let kernel: Kernel
    private let accounts: Accounts
    private let contacts: Contacts
    private let rosters: Rosters
    private let commands: Commands

    private struct PendingList: Note { let asker: Asker }

    init(
        _ kernel: Kernel, _ accounts: Accounts, _ contacts: Contacts, _ rosters: Rosters, _ commands: Commands
    ) {
        self.kernel = kernel
        self.accounts = accounts
        self.contacts = contacts
        self.rosters = rosters
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(read: { [self] in listed($0, $1) }))
        rosters.whenAdded { [self] in added($0, $1, $2, $3) }
        commands.add(CommandDefinition("contacts", "List my contacts here", run: list))
        commands.add(CommandDefinition("add", "Add a contact", steps: [askForAddress, askForPerson], run: add))
    }

    // MARK: The list

    private func list(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        kernel.chargeForRows(of: call.user)
        let query = UserQuery(gateway: kernel.gateway, user: call.user.id)
        kernel.order(.read(query, .note(NoteSlip(Self.id, PendingList(asker: call.asker)))))
        return .answeredLater
    }

    private func listed(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard let asker = (note as? PendingList)?.asker else { return }
        guard case .success(let record as UserRecord) = result else { return commands.refuse(asker, .registryAway) }
        let names = Dictionary(
            record.peers.compactMap { peer in peer.displayName.map { (peer.localpart, $0) } }, uniquingKeysWith: { $1 })
        let rows = record.contacts.filter { $0.isSubscribed && !$0.localpart.isEmpty }.map { contact in
            let title = kernel.title(of: contact.localpart, displayName: names[contact.localpart]) ?? ""
            return [
                kernel.addresses.jid(localpart: contact.localpart)?.description ?? "",
                title == contact.localpart ? "" : title,
            ]
        }
        guard !rows.isEmpty else {
            return commands.answer(asker, "You have no contacts here. Send 'add' to add one.")
        }
        let table = CommandResult.Table(columns: [("jid", "Address"), ("name", "Name")], rows: rows)
        let line = rows.count == 1 ? "One contact:" : "\(rows.count) contacts:"
        commands.answer(asker, .success(CommandResult([line], table: table)))
    }

    // MARK: Adding

    private func askForAddress(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        let description = kernel.description
        let field = CommandField("address", .text, label: description.promptLabel, isRequired: true)
        return CommandForm(title: "Add a contact", instructions: [description.promptDescription], fields: [field])
    }

    /// Asks for a person, if the user has typed a network alone.
    private func askForPerson(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        guard case .network(let network) = try address(call) else { return nil }
        let field = CommandField("person", .text, label: "Name on \(network)", isRequired: true)
        return CommandForm(
            title: "Add a contact", instructions: ["\(network) is a network. Whom do you want to add there?"],
            fields: [field])
    }

    /// The address that the user has typed.
    private func address(_ call: CommandDefinition.Call) throws(StanzaError) -> Address {
        do throws(AddressError) {
            return try kernel.rules.normalize(call.values.text("address") ?? "")
        } catch {
            throw StanzaError(.notAcceptable, error.text).about("address")
        }
    }

    /// The person that the user wants to add. The user has typed an address, or a network and then a name.
    private func person(_ call: CommandDefinition.Call) throws(StanzaError) -> PeerAddress {
        switch try address(call) {
        case .peer(let peer): return peer
        case .room(let room):
            let words = "\(room.name) is a room. Enter it with your client, or name a person here."
            throw StanzaError(.notAcceptable, words).about("address")
        case .network(let network):
            let typed = call.values.text("person") ?? ""
            let whole = kernel.rules.localpart(of: .peer(PeerAddress(network: network, name: typed)))
            let addresses = [try? kernel.rules.normalize(typed), try? kernel.rules.address(localpart: whole)]
            for case .peer(let peer)? in addresses { return peer }
            let words = "'\(typed)' is not the name of a person on \(network)."
            throw StanzaError(.notAcceptable, words).about("person")
        }
    }

    /// Adds the person to the user's roster, if the user's server lets the gateway do that. Otherwise the gateway sends
    /// a subscription request in the person's name, because only the user's client can add a contact.
    private func add(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let peer = try person(call)
        let localpart = kernel.rules.localpart(of: .peer(peer))
        guard let jid = kernel.addresses.jid(.peer(peer)) else { throw StanzaError.notWritable.about("address") }
        try accounts.admit(call.user)
        if rosters.mayAdd(call.user) {
            guard !contacts.has(localpart, call.user) else {
                return .done(CommandResult("\(jid) is one of your contacts already."))
            }
            if rosters.add(localpart, jid, for: call.asker, call.user) { return .answeredLater }
        }
        request(jid, peer, of: call.user)
        return .done(requested(jid))
    }

    /// Sends a subscription request of a person, with a name and with words for the user (XEP-0172 §4.1).
    private func request(_ jid: JID, _ peer: PeerAddress, of user: User) {
        let title = kernel.rules.title(of: peer)
        let words = "You have asked \(kernel.settings.domain) to add \(title) to your contacts."
        contacts.request(jid, of: user, status: words, name: title)
    }

    private func requested(_ jid: JID) -> CommandResult {
        CommandResult(
            "Your client now shows a request from \(jid). Accept it, and ask for the contact's presence in return; most"
                + " clients do both at once. You can also write to this address without adding it.")
    }

    /// The user's server has added a person to the user's roster, or has refused that.
    private func added(_ jid: JID, _ isAdded: Bool, _ asker: Asker, _ user: User) {
        guard isAdded else {
            if case .success(.peer(let peer)) = kernel.target(of: jid) {
                request(jid, peer, of: user)
            }
            return commands.answer(asker, .success(requested(jid)))
        }
        commands.answer(asker, "\(jid) is in your contact list now.")
    }
}
