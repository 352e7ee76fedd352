import GatewayKit
import XML
import XMPP

/// A get or set on its way through a feature.
struct Query {
    let iq: IQ
    let payload: Element
    let from: JID
    let to: JID
    let target: Target
}

enum QueryOutcome {
    case result(Element?)
    /// Answered when the network or the registry has answered.
    case later
}

/// One kind of query the gateway answers: a row of the table below. A route with `feature` set is advertised in
/// service discovery by the targets it serves, so that what is advertised cannot differ from what is answered.
struct QueryRoute: Sendable {
    let type: IQ.Kind
    let name: String
    let namespace: String
    let targets: TargetKinds
    let isAdvertised: Bool
    let answer: @Sendable (Switchboard, Query) throws(StanzaError) -> QueryOutcome

    init(
        _ type: IQ.Kind, _ name: String, _ namespace: String, targets: TargetKinds, isAdvertised: Bool = true,
        answer: @escaping @Sendable (Switchboard, Query) throws(StanzaError) -> QueryOutcome
    ) {
        self.type = type
        self.name = name
        self.namespace = namespace
        self.targets = targets
        self.isAdvertised = isAdvertised
        self.answer = answer
    }
}
