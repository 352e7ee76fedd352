import XML

/// Last activity (XEP-0012): the seconds since an entity was last active, or since a service started.
package struct LastActivity: Payload {
    package static let namespace = "jabber:iq:last"

    /// Nil in a request.
    package var seconds: Int?

    package init(seconds: Int? = nil) { self.seconds = seconds }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(seconds: element[attribute: "seconds"].flatMap { Int($0) })
    }

    package var element: Element {
        Element("query", namespace: Self.namespace).with("seconds", seconds.map { String($0) })
    }
}
