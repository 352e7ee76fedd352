import XML

/// The description of a file (XEP-0446), as far as gateways use it. Senders choose the values, so they are hints.
package struct FileMetadata: Payload {
    package static let namespace = "urn:xmpp:file:metadata:0"

    /// The MIME type.
    package var mediaType: String?
    /// The name, which may contain anything. Never use it as a path.
    package var name: String?
    /// The number of bytes.
    package var size: Int?

    package init(mediaType: String? = nil, name: String? = nil, size: Int? = nil) {
        self.mediaType = mediaType
        self.name = name
        self.size = size
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("file", Self.namespace)
        let size = element.childText("size").flatMap { Int($0) }
        self.init(
            mediaType: element.childText("media-type"), name: element.childText("name"),
            size: size.flatMap { $0 < 0 ? nil : $0 })
    }

    package var element: Element {
        var element = Element("file", namespace: Self.namespace)
        element.append("media-type", text: mediaType)
        element.append("name", text: name)
        element.append("size", text: size.map { String($0) })
        return element
    }
}
