import GatewayKit
import Registry
import XMPP

/// Last activity (XEP-0012): how long the gateway has been running, and when a person has last written to the user.
final class LastActivities: Feature {
    private let kernel: Kernel
    private let ledger: Ledger
    private var start: Timestamp?

    init(_ kernel: Kernel, _ ledger: Ledger) {
        self.kernel = kernel
        self.ledger = ledger
    }

    func register(in routes: inout Routes) {
        routes.moments.started.append { [self] _ in start = kernel.world.now() }
        routes.query(.get, "query", LastActivity.namespace, on: [.gateway, .network]) {
            [self] _ throws(StanzaError) in
            guard let start else { throw .notServed }
            return .result(LastActivity(seconds: seconds(since: start)).element)
        }
        // Not advertised, because most of the time nothing is known.
        routes.query(.get, "query", LastActivity.namespace, on: .peer, isAdvertised: false) {
            [self] query throws(StanzaError) in
            let localpart = kernel.addresses.localpart(of: query.target)
            guard let peer = ledger.peer(query.user, localpart) else { throw .notServed }
            return .result(LastActivity(seconds: seconds(since: peer.lastSeen)).element)
        }
    }

    private func seconds(since moment: Timestamp) -> Int {
        max(0, Int(kernel.world.now().secondsSince1970 - moment.secondsSince1970))
    }
}
