import GatewayKit
import XMPP

/// The names under which users see the gateway and people.
extension Kernel {
    /// The full JID that sends the presence of an address of the gateway. It has a resource, because clients compute
    /// the presence of a contact from its resources.
    func present(as address: JID) -> JID { (try? address.bare.with(resource: description.id)) ?? address }

    /// The name under which users see the person with a raw localpart. Nil if it is not the localpart of a person.
    ///
    /// - Parameter displayName: the name that the network has told; nil if it has told none.
    func title(of localpart: String, displayName: String?) -> String? {
        guard case .peer(let peer)? = try? rules.address(localpart: localpart) else { return displayName }
        // A name that only repeats the address says less than the title.
        guard let displayName, displayName != peer.name else { return rules.title(of: peer) }
        return displayName
    }

    /// Whether a message of that time needs a delay stamp (XEP-0203), because it is more than 30 seconds old. A smaller
    /// difference may come from the clock of the network.
    func isPast(_ moment: Timestamp) -> Bool { moment.advanced(by: .seconds(30)) < world.now() }
}
