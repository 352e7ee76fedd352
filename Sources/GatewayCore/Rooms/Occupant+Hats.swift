import GatewayKit
import XML
import XMPP

extension Occupant {
    /// The element with the hats of the occupant (XEP-0317); nil if there are none. A member shows the affiliation of
    /// the owner for several ranks of the network, so the founder has a hat.
    var hats: Element? {
        guard isFounder || details != nil else { return nil }
        let worn = Hat.all.indices.reduce(0) { Hat.all[$1].fits(self) ? $0 | 1 << $1 : $0 }
        return worn == 0 ? nil : Hat.elements[worn]
    }
}

/// A hat that occupants can wear.
private struct Hat: Sendable {
    let name: String
    let title: String
    let fits: @Sendable (Occupant) -> Bool

    static let all = [
        Hat(name: "founder", title: "Founder") { $0.isFounder },
        Hat(name: "staff", title: "Network operator") { $0.details?.marks.contains(.staff) == true },
        Hat(name: "bot", title: "Bot") { $0.details?.marks.contains(.bot) == true },
        Hat(name: "registered", title: "Registered") { $0.details?.account != nil },
    ]

    /// The element for each set of hats, whose bits stand in the order of `all`. Made once, because crowds wear hats.
    static let elements = (0..<1 << all.count).map { worn in
        Hats(
            all.indices.filter { worn & 1 << $0 != 0 }.map {
                Hats.Hat(uri: "urn:x-martlet:hat:" + all[$0].name, title: all[$0].title)
            }
        ).element
    }
}
