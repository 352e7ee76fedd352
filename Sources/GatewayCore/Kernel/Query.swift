import GatewayKit
import XML
import XMPP

/// A get or set of a loaded user, on its way through a feature.
struct Query {
    let iq: IQ
    let payload: Element
    let user: User
    let from: JID
    let to: JID
    let target: Target
}

enum QueryOutcome {
    case result(Element?)
    /// Answered when the network or the registry has answered.
    case later
}

/// One kind of query that the gateway answers. A route that is advertised appears in service discovery at the targets that
/// it serves, so that discovery cannot promise what is not answered.
struct QueryRoute {
    typealias Answer = (Query) throws(StanzaError) -> QueryOutcome

    let type: IQ.Kind
    let name: String
    let namespace: String
    let targets: TargetKinds
    let isAdvertised: Bool
    let answer: Answer
}
