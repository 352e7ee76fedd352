import GatewayKit
import XML
import XMPP

/// Entity time (XEP-0202). The gateway's own addresses answer with the time of the gateway, in UTC. A person's program
/// is asked over the network.
final class EntityTimes: Feature {
    private let kernel: Kernel
    private let direct: DirectMessages
    private let questions: PeerQuestions

    init(_ kernel: Kernel, _ direct: DirectMessages, _ questions: PeerQuestions) {
        self.kernel = kernel
        self.direct = direct
        self.questions = questions
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "time", EntityTime.namespace, on: [.gateway, .network, .room]) {
            [self] _ throws(StanzaError) in .result(own)
        }
        // Not advertised, because it depends on the network and on the person's program.
        routes.query(.get, "time", EntityTime.namespace, on: [.peer, .occupant], isAdvertised: false) {
            [self] query throws(StanzaError) in try ask(query)
        }
    }

    private var own: Element { EntityTime(utc: kernel.world.now().secondsSince1970, offset: 0).element }

    private func ask(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let person = try direct.person(at: query.target, for: query.from, query.user)
        // The network sees the gateway as the user's own program.
        guard !questions.isSelf(person, query.user) else { return .result(own) }
        guard let sender = Sender(query.iq.head),
            try questions.ask(.time(person), for: .time(sender), of: query.user)
        else { throw .notServed }
        return .answeredLater
    }
}
