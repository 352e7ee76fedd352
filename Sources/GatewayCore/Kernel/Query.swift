import GatewayKit
import XML
import XMPP

/// An IQ get or set of a loaded user, with its payload, addresses and target.
struct Query {
    let iq: IQ
    let payload: Element
    let user: User
    let from: JID
    let to: JID
    let target: Target
}

/// The result of a query that its feature does not refuse.
enum QueryOutcome {
    /// Send an IQ result with this payload now.
    case result(Element?)
    /// The feature answers the query itself, when the network or the registry has answered.
    case answeredLater
}

/// One kind of IQ request that the gateway answers at some kinds of target. Service discovery lists the namespaces of
/// the advertised routes, so it cannot advertise a query that no feature answers.
struct QueryRoute {
    typealias Answer = (Query) throws(StanzaError) -> QueryOutcome

    let type: IQ.Kind
    let name: String
    let namespace: String
    let targets: TargetKinds
    let isAdvertised: Bool
    let answer: Answer
}
