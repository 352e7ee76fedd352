import GatewayKit

/// The people on live networks who have written to a user since the user was loaded.
final class IntroducedPeers {
    /// Maximum of people. All are forgotten when one more is added.
    private static let most = 200

    private var people: Set<PeerAddress>
    /// The person who has written last. Checked first, because messages of one person often come one after another.
    private var last: PeerAddress

    init(_ first: PeerAddress) { (people, last) = ([first], first) }

    /// Adds a person who has written. Returns whether the person is new.
    func add(_ peer: PeerAddress) -> Bool {
        guard peer != last else { return false }
        last = peer
        if people.count >= Self.most { people = [] }
        return people.insert(peer).inserted
    }
}
