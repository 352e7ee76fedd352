import ServerRig
import Synchronization

/// The messages in the channels on both sides, the people who have received them, and the disturbance during which
/// each was sent.
final class Talk: Sendable {
    /// A message from XMPP to IRC.
    struct Outbound: Sendable {
        let network: Plan.Network
        let during: Disturbance
        /// Whether the XMPP server has passed the message on to Martlet.
        var isPassed = false
        /// How often the channel has received the message.
        var arrivals = 0
        /// The number of reflections to the sender without a delay stamp.
        var reflections = 0
        /// The number of reflections with a delay stamp. A reflection that was on its way when a stream broke is sent
        /// again with its id and a stamp.
        var lateReflections = 0
        var errors: [String] = []

        var isShown: Bool { reflections + lateReflections > 0 }
    }

    /// A message from IRC to XMPP.
    struct Inbound: Sendable {
        let network: Plan.Network
        let during: Disturbance
        let at = ContinuousClock.now
        /// Whether another member of the channel has received the message.
        var isHeard = false
        /// For each user, the ids of the stanzas that delivered the message.
        var stanzas: [Int: [String]] = [:]
    }

    struct State: Sendable {
        var during: Disturbance
        var outbound: [Outbound] = []
        var inbound: [Inbound] = []
        /// The disturbances with their times.
        var marks: [(what: String, at: ContinuousClock.Instant)] = []
    }

    private let state: Mutex<State>
    private let tail = Mutex("")

    init(during: Disturbance) { state = Mutex(State(during: during)) }

    var now: State { state.withLock { $0 } }

    /// Number of messages that users have sent.
    var count: Int { state.withLock { $0.outbound.count } }

    func begin(_ disturbance: Disturbance) { state.withLock { $0.during = disturbance } }

    func mark(_ what: String) { state.withLock { $0.marks.append((what, .now)) } }

    func newOutbound(on network: Plan.Network) -> (number: Int, id: String, text: String) {
        let number = state.withLock { state in
            state.outbound.append(Outbound(network: network, during: state.during))
            return state.outbound.count - 1
        }
        return (number, "talk-\(number)-end", "said \(number)")
    }

    func newInbound(on network: Plan.Network) -> String {
        state.withLock { state in
            state.inbound.append(Inbound(network: network, during: state.during))
            return "called \(state.inbound.count - 1)"
        }
    }

    /// Notes bytes that pass from the XMPP server to Martlet.
    func passed(_ bytes: [UInt8]) {
        let text = tail.withLock { tail in
            let text = tail + String(decoding: bytes, as: UTF8.self)
            tail = String(text.suffix(40))
            return text
        }
        let numbers = text.matches(of: /talk-(\d+)-end/).compactMap { Int($0.1) }
        state.withLock { state in
            for number in numbers where state.outbound.indices.contains(number) {
                state.outbound[number].isPassed = true
            }
        }
    }

    /// Notes a line that one of the two people in a channel has received. Messages from XMPP are counted only for the
    /// first one.
    func channelHas(_ line: IRCLine, isFirst: Bool) {
        guard line.command == "PRIVMSG" else { return }
        state.withLock { state in
            if isFirst, let number = Self.number(line.last, "said "), state.outbound.indices.contains(number) {
                state.outbound[number].arrivals += 1
            } else if let number = Self.number(line.last, "called "), state.inbound.indices.contains(number) {
                state.inbound[number].isHeard = true
            }
        }
    }

    /// Notes a stanza that a user has received.
    func user(_ user: Int, has stanza: XMLNode) {
        guard stanza.name == "message" else { return }
        let said = stanza.id.firstMatch(of: /^talk-(\d+)-end$/).flatMap { Int($0.1) }
        let called = stanza.body.flatMap { Self.number($0, "called ") }
        state.withLock { state in
            if let said, state.outbound.indices.contains(said) {
                if stanza.type == "error" {
                    state.outbound[said].errors.append(stanza.errorText ?? stanza.error ?? "")
                } else if stanza.child("delay") == nil {
                    state.outbound[said].reflections += 1
                } else {
                    state.outbound[said].lateReflections += 1
                }
            } else if let called, state.inbound.indices.contains(called) {
                state.inbound[called].stanzas[user, default: []].append(stanza.id)
            }
        }
    }

    private static func number(_ text: String, _ prefix: String) -> Int? {
        text.hasPrefix(prefix) ? Int(text.dropFirst(prefix.count)) : nil
    }
}
