import ServerRig
import Synchronization

/// What is said in the channels on both sides, who has heard it, and during which disturbance it was said.
final class Talk: Sendable {
    /// From XMPP to IRC.
    struct Saying: Sendable {
        let network: Plan.Network
        let during: Disturbance
        /// The XMPP server has passed it on to Martlet.
        var isPassed = false
        /// How often the channel has it.
        var arrivals = 0
        /// How often its sender was shown it, without a delay stamp and with one: what was on its way when a stream
        /// broke is sent again with its id and a stamp.
        var reflections = 0
        var lateReflections = 0
        var errors: [String] = []

        var isShown: Bool { reflections + lateReflections > 0 }
    }

    /// From IRC to XMPP.
    struct Call: Sendable {
        let network: Plan.Network
        let during: Disturbance
        let at = ContinuousClock.now
        /// Somebody else in the channel has it.
        var isHeard = false
        /// Ids of the stanzas that brought it, for each user.
        var stanzas: [Int: [String]] = [:]
    }

    struct State: Sendable {
        var during: Disturbance
        var sayings: [Saying] = []
        var calls: [Call] = []
        /// What happened when.
        var marks: [(what: String, at: ContinuousClock.Instant)] = []
    }

    private let state: Mutex<State>
    private let tail = Mutex("")

    init(during: Disturbance) { state = Mutex(State(during: during)) }

    var now: State { state.withLock { $0 } }

    /// How much users have said.
    var count: Int { state.withLock { $0.sayings.count } }

    func begin(_ disturbance: Disturbance) { state.withLock { $0.during = disturbance } }

    func mark(_ what: String) { state.withLock { $0.marks.append((what, .now)) } }

    func newSaying(on network: Plan.Network) -> (id: String, text: String) {
        let number = state.withLock { state in
            state.sayings.append(Saying(network: network, during: state.during))
            return state.sayings.count - 1
        }
        return ("talk-\(number)-end", "said \(number)")
    }

    func newCall(on network: Plan.Network) -> String {
        state.withLock { state in
            state.calls.append(Call(network: network, during: state.during))
            return "called \(state.calls.count - 1)"
        }
    }

    /// Bytes on their way from the XMPP server to Martlet.
    func passed(_ bytes: [UInt8]) {
        let text = tail.withLock { tail in
            let text = tail + String(decoding: bytes, as: UTF8.self)
            tail = String(text.suffix(40))
            return text
        }
        let numbers = text.matches(of: /talk-(\d+)-end/).compactMap { Int($0.1) }
        state.withLock { state in
            for number in numbers where state.sayings.indices.contains(number) {
                state.sayings[number].isPassed = true
            }
        }
    }

    /// One of two people in a channel has heard something; only the first counts what came from XMPP.
    func channelHas(_ line: IRCLine, isFirst: Bool) {
        guard line.command == "PRIVMSG" else { return }
        state.withLock { state in
            if isFirst, let number = Self.number(line.last, "said "), state.sayings.indices.contains(number) {
                state.sayings[number].arrivals += 1
            } else if let number = Self.number(line.last, "called "), state.calls.indices.contains(number) {
                state.calls[number].isHeard = true
            }
        }
    }

    /// A user has a stanza.
    func user(_ user: Int, has stanza: XMLNode) {
        guard stanza.name == "message" else { return }
        let said = stanza.id.firstMatch(of: /^talk-(\d+)-end$/).flatMap { Int($0.1) }
        let called = stanza.body.flatMap { Self.number($0, "called ") }
        state.withLock { state in
            if let said, state.sayings.indices.contains(said) {
                if stanza.type == "error" {
                    state.sayings[said].errors.append(stanza.errorText ?? stanza.error ?? "")
                } else if stanza.child("delay") == nil {
                    state.sayings[said].reflections += 1
                } else {
                    state.sayings[said].lateReflections += 1
                }
            } else if let called, state.calls.indices.contains(called) {
                state.calls[called].stanzas[user, default: []].append(stanza.id)
            }
        }
    }

    private static func number(_ text: String, _ prefix: String) -> Int? {
        text.hasPrefix(prefix) ? Int(text.dropFirst(prefix.count)) : nil
    }
}
