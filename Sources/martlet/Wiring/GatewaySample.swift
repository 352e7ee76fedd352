import ComponentLink
import GatewayCore
import GatewayKit

/// The state of a gateway at one moment, for the metrics and the status page.
struct GatewaySample: Sendable {
    var isStreamOpen = false
    /// The networks of the configuration.
    var networks: [NetworkID] = []
    /// Whether some messages of the gateway go through the ledger.
    var isStored = false
    /// The open sessions of each network. Networks that are not in the configuration count together as `other`, because
    /// users may name any number of them.
    var sessions: [NetworkID: Int] = [:]
    var sizes = CoreSizes(users: 0, rooms: 0, heldBytes: 0)
    var link = LinkCounters()
    /// Bytes that wait for the XMPP server.
    var outboundBytes = 0
    /// Changes and reads that the registry has not answered.
    var unanswered = 0
    /// Parts of long work that wait for their turn.
    var waitingSlices = 0

    static let otherNetworks = NetworkID("other")
}

extension GatewayLoop {
    /// Takes a sample. The cost grows with the number of sessions, so call it every few seconds only.
    func sample() -> GatewaySample {
        let rules = adapter.rules
        var sample = GatewaySample(networks: rules.networks)
        sample.isStored = rules.description.delivery == .stored || rules.description.deliveryVaries
        let known = Set(rules.networks)
        for account in sessions.open.keys {
            sample.sessions[
                known.contains(account.network) ? account.network : GatewaySample.otherNetworks, default: 0] += 1
        }
        sample.sizes = core.sizes
        sample.unanswered = unanswered
        sample.waitingSlices = waitingSlices.count
        guard let link else { return sample }
        sample.isStreamOpen = link.isOpen
        sample.link = link.counters
        sample.outboundBytes = link.outboundBytes
        return sample
    }
}
