import XML

/// The hats of an occupant: signs beside role and affiliation (XEP-0317 §3.1).
package struct Hats: Payload {
    package static let namespace = "urn:xmpp:hats:0"

    package struct Hat: Sendable, Equatable {
        /// Tells the hat from all others.
        package var uri: String
        /// The name for people.
        package var title: String

        package init(uri: String, title: String) {
            self.uri = uri
            self.title = title
        }
    }

    package var hats: [Hat]

    package init(_ hats: [Hat]) { self.hats = hats }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("hats", Self.namespace)
        hats = []
        for hat in element.elements where hat.name == "hat" && hat.namespace == Self.namespace {
            hats.append(Hat(uri: try hat.required("uri"), title: try hat.required("title")))
        }
    }

    package var element: Element {
        var hats = Element("hats", namespace: Self.namespace)
        for hat in self.hats {
            hats.append(Element("hat", namespace: Self.namespace).with("uri", hat.uri).with("title", hat.title))
        }
        return hats
    }
}
