import XML

/// Out of Band Data (XEP-0066 §3): a message's link to a file.
package struct LinkedFile: Payload {
    package static let namespace = "jabber:x:oob"

    package var url: String
    package var description: String?

    package init(_ url: String, description: String? = nil) {
        self.url = url
        self.description = description
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("x", Self.namespace)
        guard let url = element.childText("url"), !url.isEmpty else { throw PayloadError("x", "the URL is missing") }
        self.init(url, description: element.childText("desc"))
    }

    package var element: Element {
        var element = Element("x", namespace: Self.namespace)
        element.append("url", text: url)
        element.append("desc", text: description)
        return element
    }
}
