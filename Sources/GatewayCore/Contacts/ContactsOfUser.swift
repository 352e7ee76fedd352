import Basics
import GatewayKit
import XMPP

/// The contacts of one user, and the state of unfinished work on them.
final class ContactsOfUser {
    /// Raw localparts of the addresses whose presence the user is subscribed to; the empty one stands for the gateway
    /// itself.
    private var subscribed: Set<ExactText> = []
    /// The subscriptions of addresses to the presence of the user, by raw localpart. An address without one has no
    /// entry.
    private var reverse: [ExactText: SubscriptionState.Direction] = [:]
    /// The numbers of the subscriptions that the registry is storing, by raw localpart.
    private var pending: [ExactText: Int] = [:]
    /// The number of the last subscription.
    private var lastNumber = 0
    /// The availability of people on live networks, as the networks have told, by raw localpart.
    var availability: [ExactText: Availability] = [:]
    /// Whether a network has been asked to watch contacts.
    var isWatching = false
    /// The networks that will be asked later, because too many requests of the user were waiting.
    var watchesLater: Set<NetworkID> = []
    /// The gateway's own words that the user was told last (`Contacts.status`).
    var toldStatus: String?
    /// The addresses that have asked for the user's presence since the user was loaded, or that the user has refused.
    var askedForPresence: Set<String> = []
    /// Raw localparts that the current job has not handled yet; nil before its first slice.
    var remainingLocalparts: ArraySlice<String>?

    // MARK: Refused requests

    /// Raw localparts of the addresses whose subscription requests were refused because the user was not registered,
    /// oldest first.
    private var refused: [String] = []
    /// Maximum of such addresses. Further ones are not remembered.
    private static let mostRefused = 100

    /// Remembers the address of a subscription request that was refused because the user is not registered.
    func refuse(_ localpart: String) {
        guard refused.count < Self.mostRefused, !refused.contains(localpart) else { return }
        refused.append(localpart)
    }

    /// Forgets the address of a refused request that the user has withdrawn.
    func forgetRefused(_ localpart: String) {
        if !refused.isEmpty { refused.removeAll { $0 == localpart } }
    }

    /// Forgets and returns the raw localparts of all refused requests.
    func takeRefused() -> [String] {
        defer { refused = [] }
        return refused
    }

    // MARK: Subscriptions

    /// Adds the subscriptions of a stored contact.
    func load(_ localpart: String, isSubscribed: Bool, reverse: SubscriptionState.Direction) {
        let key = ExactText(localpart)
        if isSubscribed { subscribed.insert(key) }
        self.reverse[key] = reverse == .none ? nil : reverse
    }

    /// Raw localparts of the addresses whose presence the user is subscribed to, in no particular order.
    var localparts: [String] { subscribed.map(\.text) }
    /// Raw localparts of the addresses that have a subscription in either direction.
    var related: [String] { subscribed.union(reverse.keys).map(\.text) }
    /// The number of the user's subscriptions, with those that the registry is storing.
    var countWithPending: Int { subscribed.count + pending.count }
    /// Whether the user is subscribed to the presence of at least one address.
    var hasSubscriptions: Bool { !subscribed.isEmpty }

    /// Whether the user is subscribed to the presence of an address.
    func has(_ localpart: String) -> Bool { subscribed.contains(ExactText(localpart)) }

    /// The number of the user's subscription to an address that the registry is storing; nil if there is none.
    func pendingNumber(_ localpart: String) -> Int? { pending[ExactText(localpart)] }

    /// The subscriptions between the user and an address, from the side of the address.
    func subscription(of localpart: String) -> SubscriptionState {
        let key = ExactText(localpart)
        let inbound: SubscriptionState.Direction =
            subscribed.contains(key) ? .subscribed : pending[key] == nil ? .none : .pending
        return SubscriptionState(outbound: reverse[key] ?? .none, inbound: inbound)
    }

    /// Replaces the subscriptions between the user and an address.
    ///
    /// - Returns: the number of the subscription of the user, if the registry must store it now.
    @discardableResult
    func set(_ subscription: SubscriptionState, of localpart: String) -> Int? {
        let key = ExactText(localpart)
        reverse[key] = subscription.outbound == .none ? nil : subscription.outbound
        switch subscription.inbound {
        case .none:
            subscribed.remove(key)
            pending[key] = nil
            shown[key] = nil
        case .pending:
            guard pending[key] == nil else { return nil }
            lastNumber += 1
            pending[key] = lastNumber
            return lastNumber
        case .subscribed:
            subscribed.insert(key)
            pending[key] = nil
        }
        return nil
    }

    /// Whether the registry has a row for an address, or is storing one.
    func hasRow(_ localpart: String) -> Bool {
        let key = ExactText(localpart)
        return subscribed.contains(key) || pending[key] != nil || reverse[key] != nil
    }

    // MARK: Greetings

    /// The resources that have the presence of all contacts, with the times at which they got it. Nil stands for the
    /// bare JID.
    private var greetings: [String?: Timestamp] = [:]
    /// Maximum of such resources. All are forgotten when one more is added.
    private static let mostGreeted = 100
    /// The latest client whose probes were answered, until it gets the presence of all contacts.
    private var probes: AnsweredProbes?
    /// How long the presence that a client has got counts as the answer to the next request for it.
    private static let login: Duration = .seconds(30)

    /// The contacts whose presence a client has got by probes.
    private struct AnsweredProbes {
        let resource: String?
        let end: Timestamp
        var localparts: Set<ExactText> = []
    }

    /// Whether a resource has the presence of all contacts.
    func isGreeted(_ resource: String?) -> Bool { greetings[resource] != nil }

    /// Whether a resource has got the presence of all contacts within the last half minute.
    func hasJustGreeted(_ resource: String?, at now: Timestamp) -> Bool {
        greetings[resource].map { now < $0.advanced(by: Self.login) } ?? false
    }

    /// Remembers that a resource gets the presence of all contacts.
    func markGreeted(_ resource: String?, at now: Timestamp) {
        if greetings.count >= Self.mostGreeted { greetings = [:] }
        greetings[resource] = now
    }

    /// Remembers that a client has got the presence of a contact by a probe.
    func answeredProbe(_ resource: String?, _ localpart: String, at now: Timestamp) {
        if probes?.resource != resource || probes.map({ $0.end <= now }) ?? true {
            probes = AnsweredProbes(resource: resource, end: now.advanced(by: Self.login))
        }
        probes?.localparts.insert(ExactText(localpart))
    }

    /// Whether a client has got the presence of a contact by a probe within the last half minute. Forgets it.
    func takeProbe(_ resource: String?, _ localpart: String, at now: Timestamp) -> Bool {
        guard let probes, probes.resource == resource, now < probes.end else { return false }
        return self.probes?.localparts.remove(ExactText(localpart)) != nil
    }

    /// The addresses whose presence all clients of the user have got, because the user has become subscribed, with the
    /// times of that. By raw localpart.
    private var shown: [ExactText: Timestamp] = [:]
    /// Maximum of such addresses. All are forgotten when one more is added.
    private static let mostShown = 100

    /// Remembers that all clients get the presence of an address.
    func markShown(_ localpart: String, at now: Timestamp) {
        if shown.count >= Self.mostShown { shown = [:] }
        shown[ExactText(localpart)] = now
    }

    /// How long the presence that all clients have got counts as the answer to each of them.
    private static let registering: Duration = .seconds(5)

    /// Whether all clients have got the presence of an address within the last five seconds. A client that has come since
    /// has not: its server sends a probe in its name (RFC 6121 §4.3).
    func wasJustShown(_ localpart: String, at now: Timestamp) -> Bool {
        guard !shown.isEmpty else { return false }
        return shown[ExactText(localpart)].map { now < $0.advanced(by: Self.registering) } ?? false
    }

    /// Forgets a resource that is not available any more. Nil stands for all resources.
    func forgetGreeted(_ resource: String?) {
        if resource == nil { greetings = [:] } else { greetings[resource] = nil }
        if resource == nil || probes?.resource == resource { probes = nil }
    }
}
