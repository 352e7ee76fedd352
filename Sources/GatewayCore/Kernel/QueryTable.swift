import XML
import XMPP

/// All IQ requests that a gateway answers, and all features that it advertises (XEP-0030 §3).
struct QueryTable {
    private struct Advertisement {
        let feature: String
        let targets: TargetKinds
        let condition: (Query) -> Bool
    }

    private var byNamespace: [String: [QueryRoute]] = [:]
    private var advertised: [Advertisement] = []

    /// Adds a route, and advertises its namespace if `isAdvertised` says so.
    mutating func add(_ route: QueryRoute) {
        byNamespace[route.namespace, default: []].append(route)
        if route.isAdvertised { advertise(route.namespace, on: route.targets) { _ in true } }
    }

    /// Advertises a feature at these targets, in answers to the discovery queries that meet the condition.
    mutating func advertise(_ feature: String, on targets: TargetKinds, where condition: @escaping (Query) -> Bool) {
        advertised.append(Advertisement(feature: feature, targets: targets, condition: condition))
    }

    /// The targets at which another route already answers the same queries.
    func taken(by route: QueryRoute) -> TargetKinds {
        let same = byNamespace[route.namespace, default: []].filter { $0.type == route.type && $0.name == route.name }
        return same.reduce(into: []) { $0.formUnion($1.targets.intersection(route.targets)) }
    }

    /// Every route, in no particular order. For tests.
    var all: [QueryRoute] { byNamespace.values.flatMap(\.self) }

    /// The route that answers a payload at a target; nil if there is none.
    func route(for payload: Element, type: IQ.Kind, target: Target) -> QueryRoute? {
        byNamespace[payload.namespace]?.first {
            $0.type == type && $0.name == payload.name && $0.targets.contains(target.kind)
        }
    }

    /// The features to list in the answer to a discovery query, each once.
    func features(for query: Query) -> [String] {
        var seen: Set<String> = []
        return advertised.filter {
            $0.targets.contains(query.target.kind) && $0.condition(query) && seen.insert($0.feature).inserted
        }.map(\.feature)
    }
}
