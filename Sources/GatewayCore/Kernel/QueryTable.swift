import XML
import XMPP

/// All queries that a gateway answers, and everything that it advertises.
struct QueryTable {
    private struct Advertisement {
        let feature: String
        let targets: TargetKinds
        let condition: (Query) -> Bool
    }

    private var byNamespace: [String: [QueryRoute]] = [:]
    private var advertised: [Advertisement] = []

    mutating func add(_ route: QueryRoute) {
        byNamespace[route.namespace, default: []].append(route)
        if route.isAdvertised { advertise(route.namespace, on: route.targets) { _ in true } }
    }

    mutating func advertise(_ feature: String, on targets: TargetKinds, where condition: @escaping (Query) -> Bool) {
        advertised.append(Advertisement(feature: feature, targets: targets, condition: condition))
    }

    /// Every route, in no order. For tests.
    var all: [QueryRoute] { byNamespace.values.flatMap(\.self) }

    func route(for payload: Element, type: IQ.Kind, target: Target) -> QueryRoute? {
        byNamespace[payload.namespace]?.first {
            $0.type == type && $0.name == payload.name && $0.targets.contains(target.kind)
        }
    }

    /// The features to advertise at the target of a query, each once.
    func features(for query: Query) -> [String] {
        var seen: Set<String> = []
        return advertised.filter {
            $0.targets.contains(query.target.kind) && $0.condition(query) && seen.insert($0.feature).inserted
        }.map(\.feature)
    }
}
