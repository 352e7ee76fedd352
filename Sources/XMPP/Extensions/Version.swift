import XML

/// Software version (XEP-0092). With all fields nil it is the query.
package struct Version: Payload {
    package static let namespace = "jabber:iq:version"

    package var name: String?
    package var version: String?
    package var os: String?

    package init(name: String? = nil, version: String? = nil, os: String? = nil) {
        self.name = name
        self.version = version
        self.os = os
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("query", Self.namespace)
        self.init(
            name: element.childText("name"), version: element.childText("version"), os: element.childText("os"))
    }

    package var element: Element {
        var query = Element("query", namespace: Self.namespace)
        query.append("name", text: name)
        query.append("version", text: version)
        query.append("os", text: os)
        return query
    }
}
