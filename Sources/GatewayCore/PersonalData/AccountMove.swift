import GatewayKit
import Registry
import XMPP

/// The commands `move` and `accept-move`: take a user's data to another JID of the same person. The old JID offers the
/// move, and the new one accepts it within a day.
final class AccountMove: Feature {
    private static let id: FeatureID = "account move"
    /// Begins a move when the data of the old address have been read.
    private static let beginTimer: TimerID = "move"
    /// Reads the moved data again, after a failed read.
    private static let loadTimer: TimerID = "load moved data"
    /// How long an offer can be accepted. It does not survive a restart.
    private static let lifetime: Duration = .seconds(86_400)
    /// Maximum of offers of all users. The oldest is dropped for a new one.
    private static let mostOffers = 1_000

    private let kernel: Kernel
    private let accounts: Accounts
    private let contacts: Contacts
    private let ledger: Ledger
    private let commands: Commands
    /// The offers, oldest first.
    private var offers: [Offer] = []

    private struct Offer {
        let old: JID
        let new: JID
        let end: Timestamp
    }

    /// A move that was accepted.
    private struct Move: Codable, Sendable {
        let asker: Asker
        let from: UserID
        let to: UserID
    }

    private enum Pending: Note {
        case moving(Move)
        case loading(Move)
    }

    init(
        _ kernel: Kernel, _ accounts: Accounts, _ contacts: Contacts, _ ledger: Ledger, _ commands: Commands
    ) {
        self.kernel = kernel
        self.accounts = accounts
        self.contacts = contacts
        self.ledger = ledger
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(committed: { [self] in moved($0, $1) }, read: { [self] in loaded($0, $1) }))
        routes.timer(Self.beginTimer, about: Move.self) { [self] in begin($0) }
        routes.timer(Self.loadTimer, about: Move.self) { [self] in load($0) }
        routes.moments.unregistered.append { [self] user in offers.removeAll { $0.old == user.jid } }
        commands.add(
            CommandDefinition("move", "Move my data to another address of mine", steps: [askForNew], run: offer))
        commands.add(
            CommandDefinition(
                "accept-move", "Take over the data of another address of mine", steps: [askForOld], run: accept))
    }

    // MARK: The old address

    private func askForNew(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "Move to another address",
            instructions: [
                "Your registration, your settings, your contacts and the record of your messages move to the new address."
                    + " Nothing happens until the new address accepts."
            ], fields: [CommandField("jid", .jid, label: "Your new XMPP address", isRequired: true)])
    }

    private func offer(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let old = call.user.jid
        let isWithdrawal = call.values.text("jid") == old.description
        if isWithdrawal, offers.contains(where: { $0.old == old }) {
            offers.removeAll { $0.old == old }
            return .done(CommandResult("Your offer is withdrawn. Nothing has changed."))
        }
        guard let new = call.values.text("jid").flatMap({ try? JID($0) }), new.local != nil, new != old else {
            let words = "Give another address than the one that you write from, such as anna@example.org."
            throw StanzaError(.notAcceptable, words).about("jid")
        }
        guard kernel.mayUse(new) else { throw Self.notAllowed(new) }
        // At its next load, the old address would be registered again with the number of the configuration.
        guard !kernel.rules.assignments.values.contains(call.user.id) else {
            let words =
                "The operator of \(kernel.settings.domain) has given you your number. Ask the operator to give it to"
                + " \(new) first."
            throw StanzaError(.notAllowed, words).about("jid")
        }
        offers.removeAll { $0.old == old || $0.end <= kernel.world.now() }
        if offers.count >= Self.mostOffers { offers.removeFirst() }
        offers.append(Offer(old: old, new: new, end: kernel.world.now().advanced(by: Self.lifetime)))
        return .done(
            CommandResult(
                "Now log in as \(new), and send 'accept-move \(old)' to \(kernel.settings.domain) within a day. Until then"
                    + " nothing changes. To withdraw the offer, send 'move \(old)'."))
    }

    // MARK: The new address

    private func askForOld(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        CommandForm(
            title: "Take over data",
            instructions: ["First send 'move \(call.user.jid)' to \(kernel.settings.domain) from your old address."],
            fields: [CommandField("jid", .jid, label: "Your old XMPP address", isRequired: true)])
    }

    private func accept(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let user = call.user
        let old = call.values.text("jid").flatMap { try? JID($0) }
        let isOffered = offers.contains { $0.old == old && $0.new == user.jid && $0.end > kernel.world.now() }
        guard let old, isOffered else {
            let words =
                "This address has not offered to move to \(user.jid), or has done so more than a day ago. First send"
                + " 'move \(user.jid)' to \(kernel.settings.domain) from that address, then accept within a day."
            throw StanzaError(.itemNotFound, words).about("jid")
        }
        guard kernel.mayUse(old) else { throw Self.notAllowed(old) }
        try checkEmpty(user)
        begin(Move(asker: call.asker, from: UserID(old.description), to: user.id))
        return .answeredLater
    }

    /// Checks that the new address has no data.
    private func checkEmpty(_ user: User) throws(StanzaError) {
        guard user.writes == 0, !user.isLeaving else { throw Self.busyError }
        guard user.rows == 0 else { throw Self.hasDataError }
    }

    private static func notAllowed(_ address: JID) -> StanzaError {
        StanzaError(.forbidden, "\(address) may not use this gateway. Ask its operator.").about("jid")
    }

    private static let busyError = StanzaError(
        .conflict, as: .temporary, "Another change of these data is being stored. Try again in a moment.")

    private static let hasDataError = StanzaError(
        .conflict,
        "This gateway already has data of the address that you write from. Send 'delete-data' to delete them, then"
            + " accept again.")

    // MARK: The move

    /// Has the registry move the data. The old address is loaded first, so that nothing is stored for it meanwhile.
    private func begin(_ move: Move) {
        guard let old = kernel.users[move.from] else {
            let tag = TimerTag(Self.beginTimer, about: move)
            if !kernel.wait(.timer(tag), for: move.from) { commands.refuse(move.asker, .tooManyRequests) }
            return
        }
        do throws(StanzaError) {
            guard let new = kernel.users[move.to], !old.isLeaving else { throw Self.busyError }
            try checkEmpty(new)
            old.isLeaving = true
            // The old address must stay loaded, too.
            old.writes += 1
            let change = MoveUser(gateway: kernel.gateway, from: old.id, to: new.id)
            kernel.commit(.other(AnyChange(change)), of: new, .note(NoteSlip(Self.id, Pending.moving(move))))
        } catch {
            commands.refuse(move.asker, error)
        }
    }

    private func moved(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard case .moving(let move)? = note as? Pending, let old = kernel.users[move.from] else { return }
        old.isLeaving = false
        old.writes -= 1
        switch result {
        case .failure(.conflict(key: MoveUser.waitingMessages)):
            let words = "Messages of the old address still wait to be sent. Try again when they are sent."
            return commands.refuse(move.asker, StanzaError(.conflict, as: .temporary, words))
        case .failure(.conflict): return commands.refuse(move.asker, Self.hasDataError)
        case .failure: return commands.refuse(move.asker, .registryAway)
        case .success: break
        }
        ledger.moved(from: move.from, to: move.to)
        // The registry has the data under the new address, so the old one has none.
        accounts.forgetSettings(of: old)
        for subscriber in kernel.routes.moments.unregistered { subscriber(old) }
        old.rows = 0
        accounts.closeAll(of: old, reason: "Moved to another address")
        load(move)
    }

    private func load(_ move: Move) {
        let query = UserQuery(gateway: kernel.gateway, user: move.to)
        kernel.order(.read(query, .note(NoteSlip(Self.id, Pending.loading(move)))))
    }

    /// Adds the moved data to the state of the new address, which was loaded without data. If they cannot be read, they
    /// are read again in 5 s.
    private func loaded(_ note: any Note, _ result: Result<any Sendable, RegistryError>) {
        guard case .loading(let move)? = note as? Pending else { return }
        guard case .success(let record as UserRecord) = result else {
            return kernel.startTimer(Self.loadTimer, about: move, after: .seconds(5))
        }
        // A user who is not loaded any more gets the data with the next load.
        if let user = kernel.users[move.to] {
            for subscriber in kernel.routes.moments.userLoaded { subscriber(user, record) }
            contacts.askForPresence(of: user)
        }
        commands.answer(
            move.asker,
            "All data of \(move.from) belong to \(move.to) now. Your client's contact list stays as it is: 'contacts'"
                + " lists the contacts that have moved, and 'add' with an address sends you a request from it.")
    }
}
