import XML
import XMPP

/// All queries that a gateway answers. The index of its features.
extension QueryRoute {
    static let table: [QueryRoute] =
        Discovery.routes + Pings.routes + SoftwareVersion.routes + VCards.routes + RegistrationForms.routes
        + ContactPrompt.routes + RoomAdministration.routes + Commands.routes

    private static let byNamespace = Dictionary(grouping: table, by: \.namespace)

    static func route(for payload: Element, type: IQ.Kind, target: Target) -> QueryRoute? {
        byNamespace[payload.namespace]?.first {
            $0.type == type && $0.name == payload.name && $0.targets.contains(target.kind)
        }
    }

    /// The features to advertise for a kind of target, each once.
    static func features(of kind: TargetKinds) -> [String] {
        var seen: Set<String> = []
        return table.filter { $0.isAdvertised && $0.targets.contains(kind) && seen.insert($0.namespace).inserted }
            .map(\.namespace)
    }
}
