import GatewayKit
import Registry
import XMPP

/// Lets users block people, networks and private conversations below the gateway's domain (XEP-0191). The user's own
/// server blocks everybody else.
final class Blocking: Feature {
    static let id: FeatureID = "blocking"

    let kernel: Kernel
    private let home: HomeStream
    let blockLists: BlockLists
    let commands: Commands
    /// The clients of each user that have asked for the list, by resource. They get each change (XEP-0191 §3.3).
    private let interested: UserTable<InterestedClients>

    /// The clients of one user that want to know of each change.
    private final class InterestedClients {
        var clients: Set<JID> = []
        /// Maximum of clients. Further ones get no changes.
        static let most = 20
    }

    /// Maximum of addresses that one user can block. The list of XEP-0191 has no pages, and servers refuse stanzas that
    /// are too long.
    static let most = 1_000
    /// Maximum of bytes of the list, for the same reason.
    static let mostBytes = 150_000

    /// A change that the registry is storing.
    struct Pending: Note {
        let user: UserID
        let asker: Asker
        let blocked: [BlockedAddress]
        let unblocked: [BlockedAddress]
        /// Whether the user unblocks everybody.
        let unblocksAll: Bool
    }

    init(_ kernel: Kernel, _ home: HomeStream, _ blockLists: BlockLists, _ commands: Commands) {
        self.kernel = kernel
        self.home = home
        self.blockLists = blockLists
        self.commands = commands
        interested = UserTable(kernel)
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "blocklist", BlockingRequest.namespace, on: .gateway) {
            [self] query throws(StanzaError) in .result(try list(query).element)
        }
        for name in [BlockingRequest.Kind.block, .unblock] {
            routes.query(.set, name.rawValue, BlockingRequest.namespace, on: .gateway, isAdvertised: false) {
                [self] query throws(StanzaError) in try change(query)
            }
        }
        routes.notes(Self.id, NoteRoutes(committed: { [self] in stored($0, $1) }))
        routes.moments.presenceSeen.append { [self] presence, user, target in
            guard presence.type == .unavailable, case .gateway = target, let from = presence.head.from else { return }
            interested[user]?.clients.remove(from)
        }
        routes.moments.resourceGone.append { [self] client, _ in
            if let user = kernel.users[client] { interested[user]?.clients.remove(client) }
        }
        routes.moments.unregistered.append { [self] in interested[$0] = nil }
        addCommands()
    }

    // MARK: Requests

    private func list(_ query: Query) throws(StanzaError) -> BlockingRequest {
        let addresses = addresses(of: query.user).compactMap(blockLists.jid)
        guard Self.fits(addresses) else {
            let words =
                "You have blocked \(addresses.count) addresses, which is more than one list can show. Unblock some with"
                + " the command 'unblock' of \(kernel.settings.domain)."
            throw StanzaError(.policyViolation, words)
        }
        let state = interested[query.user] ?? InterestedClients()
        interested[query.user] = state
        if state.clients.count < InterestedClients.most { state.clients.insert(query.from) }
        return BlockingRequest(.blocklist, addresses)
    }

    /// Whether the addresses fit into one stanza. Each takes its bytes and 30 bytes of markup.
    private static func fits(_ addresses: [JID]) -> Bool {
        addresses.count <= most && addresses.reduce(0) { $0 + 30 + $1.description.utf8.count } <= mostBytes
    }

    /// The addresses that a user has blocked, in their order. The user pays for the list with stanzas.
    func addresses(of user: User) -> [BlockedAddress] {
        kernel.chargeForRows(of: user)
        return (blockLists[user]?.addresses ?? []).sorted { ($0.localpart, $0.nick) < ($1.localpart, $1.nick) }
    }

    private func change(_ query: Query) throws(StanzaError) -> QueryOutcome {
        guard let sender = Sender(query.iq.head) else { throw .notServed }
        let request: BlockingRequest
        do throws(PayloadError) {
            request = try BlockingRequest(query.payload)
        } catch {
            throw error.stanzaError
        }
        var addresses: [BlockedAddress] = []
        for jid in request.addresses { addresses.append(try blockLists.address(of: jid)) }
        let unblocksAll = request.kind == .unblock && addresses.isEmpty
        if unblocksAll { addresses = self.addresses(of: query.user) }
        let isBlock = request.kind == .block
        return try change(
            query.user, blocked: isBlock ? addresses : [], unblocked: isBlock ? [] : addresses, .query(sender),
            unblocksAll: unblocksAll)
            ? .answeredLater : .result(nil)
    }

    /// Stores a change of a user's list. `stored` answers the asker.
    ///
    /// - Returns: false if nothing is to be changed. Then nobody answers.
    /// - Throws: the refusal, if the list would become too long.
    func change(
        _ user: User, blocked: [BlockedAddress], unblocked: [BlockedAddress], _ asker: Asker, unblocksAll: Bool = false
    ) throws(StanzaError) -> Bool {
        let known = blockLists[user]?.addresses ?? []
        let new = Set(blocked).filter { !known.contains($0) }.map(\.self)
        let old = Set(unblocked).filter(known.contains).map(\.self)
        guard !new.isEmpty || !old.isEmpty else { return false }
        guard kernel.hasRows(new.count, user) else {
            kernel.overLimit("rows", user.jid)
            throw .tooManyRows(kernel.settings.limits.rowsPerUser)
        }
        if !new.isEmpty { try checkLength(with: new, of: user) }
        user.rows += new.count
        let note = Pending(user: user.id, asker: asker, blocked: new, unblocked: old, unblocksAll: unblocksAll)
        let change = ChangeBlocks(gateway: kernel.gateway, user: user.id, blocked: new, unblocked: old)
        kernel.commitInOrder(.other(AnyChange(change)), of: user, .note(NoteSlip(Self.id, note)))
        return true
    }

    /// Checks that the list of the user is not too long with the new addresses.
    ///
    /// - Throws: the refusal for the user.
    private func checkLength(with new: [BlockedAddress], of user: User) throws(StanzaError) {
        let addresses = (blockLists[user]?.addresses ?? []).union(new)
        guard !Self.fits(addresses.compactMap(blockLists.jid)) else { return }
        kernel.count(.overLimit)
        let words =
            "You can block at most \(Self.most) addresses here, of \(Self.mostBytes / 1_000) kilobytes together."
            + " Unblock some first."
        throw StanzaError(.policyViolation, words)
    }

    // MARK: Answers

    private func stored(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard let note = note as? Pending, let user = kernel.users[note.user] else { return }
        guard case .success = result else {
            user.rows -= note.blocked.count
            return commands.refuse(note.asker, .registryAway)
        }
        // Another change may have blocked or unblocked the same address before.
        let known = blockLists[user]?.addresses ?? []
        user.rows -= note.blocked.count { known.contains($0) } + note.unblocked.count { known.contains($0) }
        blockLists.change(user, blocked: note.blocked, unblocked: note.unblocked)
        commands.answer(note.asker, .success(words(about: note)))
        push(note, user)
    }

    /// Maximum of changed addresses that the answer to a command names. For more, the answer gives their number.
    private static let mostNamed = 20

    private func words(about note: Pending) -> CommandResult {
        let blocked = note.blocked.compactMap(blockLists.jid)
        let unblocked = note.unblocked.compactMap(blockLists.jid)
        guard blocked.count + unblocked.count <= Self.mostNamed else {
            return CommandResult(
                blocked.isEmpty
                    ? "\(unblocked.count) addresses are not blocked any more."
                    : "\(blocked.count) addresses are blocked: no message of them reaches you.")
        }
        return CommandResult(
            blocked.map { "\($0) is blocked: no message of this address reaches you. 'unblock' takes that back." }
                + unblocked.map { "\($0) is not blocked any more." })
    }

    /// Tells a change to all clients of the user that have asked for the list (XEP-0191 §3.3, §3.4).
    private func push(_ note: Pending, _ user: User) {
        guard let clients = interested[user]?.clients, !clients.isEmpty else { return }
        let isBlock = !note.blocked.isEmpty
        let addresses = (isBlock ? note.blocked : note.unblocksAll ? [] : note.unblocked).compactMap(blockLists.jid)
        let request = BlockingRequest(isBlock ? .block : .unblock, addresses)
        for client in clients.sorted(by: { $0.description < $1.description }) {
            let head = StanzaHead(to: client, from: kernel.settings.domain, id: kernel.world.newID())
            home.send(IQ(head, type: .set, payload: [request.element]))
        }
    }
}
