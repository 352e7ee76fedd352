import GatewayKit
import XML
import XMPP

/// Software version (XEP-0092). The gateway's own answer does not reveal the operating system. A person's program is
/// asked over the network.
final class SoftwareVersion: Feature {
    private let version: String
    private let direct: DirectMessages
    private let questions: PeerQuestions

    init(_ kernel: Kernel, _ direct: DirectMessages, _ questions: PeerQuestions) {
        version = kernel.settings.version
        self.direct = direct
        self.questions = questions
    }

    func register(in routes: inout Routes) {
        routes.query(.get, "query", Version.namespace, on: [.gateway, .network, .room]) {
            [self] _ throws(StanzaError) in .result(own)
        }
        // Not advertised, because it depends on the network and on the person's program.
        routes.query(.get, "query", Version.namespace, on: [.peer, .occupant], isAdvertised: false) {
            [self] query throws(StanzaError) in try ask(query)
        }
    }

    private var own: Element { Version(name: "Martlet", version: version).element }

    private func ask(_ query: Query) throws(StanzaError) -> QueryOutcome {
        let person = try direct.person(at: query.target, for: query.from, query.user)
        // The network sees the gateway as the user's own program.
        guard !questions.isSelf(person, query.user) else { return .result(own) }
        guard let sender = Sender(query.iq.head),
            try questions.ask(.software(person), for: .version(sender), of: query.user)
        else { throw .notServed }
        return .answeredLater
    }
}
