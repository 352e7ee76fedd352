import GatewayKit
import Logging
import XML
import XMPP

/// The privileges that servers grant to the gateway for their users (XEP-0356). They end with the stream.
final class Privileges: Feature {
    private let kernel: Kernel
    private let home: HomeStream
    private var grants: [String: PrivilegeGrant] = [:]
    private var copies = AwaitedCopies()
    /// Limits the grants of each server, because any domain can send some. A server sends one when the stream opens.
    private var allowances = Privileges.newAllowances
    private var tableFullReports = RareReport()
    /// Called with the domain of a server that has granted privileges.
    private var subscribers: [(String) -> Void] = []
    /// Maximum of servers. Grants of further ones are ignored.
    private static let most = 100
    /// How long the gateway waits for the answer to a query.
    static let timeout: Duration = .seconds(60)

    init(_ kernel: Kernel, _ home: HomeStream) {
        self.kernel = kernel
        self.home = home
    }

    private static var newAllowances: Allowances { Allowances(burst: 10, perSecond: 1.0 / 60) }

    func register(in routes: inout Routes) { routes.moments.linkClosed.append { [self] in linkClosed() } }

    private func linkClosed() {
        grants = [:]
        allowances = Self.newAllowances
    }

    func close() { subscribers = [] }

    /// Calls the subscriber with the domain of each server that grants privileges.
    func whenGranted(_ subscriber: @escaping (String) -> Void) { subscribers.append(subscriber) }

    /// The privileges for the users of a domain; nil if there are none.
    func grant(for user: JID) -> PrivilegeGrant? { grants.isEmpty ? nil : grants[user.domain] }

    /// Handles a message that grants privileges. Any server can send one. It applies only to the users of that server's
    /// domain, and counts only if some of these may use the gateway, or if the domain is the gateway's parent.
    ///
    /// - Returns: false if the message grants nothing.
    func takesGrant(_ message: Message, from server: JID) -> Bool {
        let element = message.payload.first {
            $0.name == "privilege" && $0.namespace.hasPrefix(PrivilegeGrant.namespacePrefix)
        }
        guard message.type != .error, let element, mayGrant(server) else { return false }
        guard allowances.take(server, now: kernel.world.now) else {
            kernel.count(.overLimit)
            let words = "You grant privileges too often. Wait a minute, then send this again."
            home.refuse(message, StanzaError(.policyViolation, as: .temporary, words))
            return true
        }
        guard let grant = try? PrivilegeGrant(element) else { return false }
        take(grant, of: server.domain)
        return true
    }

    private func take(_ grant: PrivilegeGrant, of server: String) {
        guard grants[server] != grant else { return }
        guard grants[server] != nil || hasPlace(for: server) else {
            guard tableFullReports.isDue(kernel.world.now()) else { return }
            return kernel.log(
                .warning, "too many servers grant privileges; the grants of further servers are ignored",
                ["server": "\(server)"])
        }
        grants[server] = grant
        kernel.log(
            .info, "the XMPP server grants privileges",
            [
                "server": "\(server)", "version": "\(grant.namespace.prefix(40))",
                "roster": "\(grant.roster.contains(.set) ? "set" : "no set")", "messages": "\(grant.writesMessages)",
                "queries": "\(grant.queries.count)",
            ])
        for subscriber in subscribers { subscriber(server) }
    }

    private func mayGrant(_ server: JID) -> Bool {
        if isParent(server.domain) || kernel.mayUse(server) { return true }
        return kernel.restriction(of: server) == nil && kernel.settings.allowsSomeOf?(server.domain) == true
    }

    /// Whether a domain is the parent of the gateway's, or above it.
    private func isParent(_ domain: String) -> Bool { kernel.settings.domain.domain.hasSuffix("." + domain) }

    /// Whether there is a place for the grants of a new server. The server of the gateway's parent domain always has
    /// one. A server whose whole domain may use the gateway has one while fewer than `most` places are taken. Any other
    /// server has one while fewer than half are taken, so that unknown servers cannot fill the table.
    private func hasPlace(for server: String) -> Bool {
        if isParent(server) { return true }
        let isNamed = (try? JID(server)).map(kernel.mayUse) == true
        return grants.count < (isNamed ? Self.most : Self.most / 2)
    }

    /// Whether a message is one that the gateway has sent in the name of a user, and that the user's server brings back.
    /// It needs no action.
    func takesCopy(_ message: Message, from user: JID) -> Bool {
        guard let id = message.head.id else { return false }
        return copies.take(id, of: user)
    }

    /// Sends a message in the name of a user, as if a client of the user had sent it. The user's server shows it to the
    /// user's clients (XEP-0280) and brings it back to the gateway.
    ///
    /// - Parameter message: from the user's bare JID, with an id.
    /// - Returns: false if the gateway may not do that, or if too many copies of the user are awaited
    ///   (`AwaitedCopies.mostPerUser`).
    func send(_ message: Message, inNameOf user: JID) -> Bool {
        guard kernel.isLinkOpen, let grant = grant(for: user), grant.writesMessages, let id = message.head.id,
            let server = try? JID(user.domain), copies.add(id, of: user, now: kernel.world.now())
        else { return false }
        let head = StanzaHead(to: server, from: kernel.settings.domain, id: kernel.world.newID())
        home.send(Message(head, type: .normal, payload: [grant.wrapping(message)]))
        return true
    }

    /// Sends a query in the name of a user to the user's own account. The note comes back with the server's answer
    /// (`answer(in:for:)` reads it).
    ///
    /// - Returns: false if the gateway may not do that.
    func query(_ iq: IQ, inNameOf user: JID, then note: NoteSlip) -> Bool {
        guard kernel.isLinkOpen, let grant = grant(for: user), let payload = iq.request,
            let access = grant.queries[payload.namespace], access.contains(iq.type == .get ? .get : .set)
        else { return false }
        var iq = iq
        iq.head.id = iq.head.id ?? kernel.world.newID()
        let head = StanzaHead(to: user.bare, from: kernel.settings.domain)
        let outer = IQ(head, type: iq.type, payload: [grant.wrapping(iq)])
        kernel.order(.query(outer, deadline: Self.timeout, .note(note)))
        return true
    }

    /// The answer within the server's answer to `query`; nil if there is none.
    func answer(in iq: IQ?, for user: JID) -> IQ? { iq.flatMap { grant(for: user)?.answer(in: $0) } }
}
