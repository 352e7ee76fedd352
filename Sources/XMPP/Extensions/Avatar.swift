import XML

/// A picture of an entity, as published data (XEP-0084) and as a hash in presence (XEP-0153).
package struct Avatar: Sendable, Equatable {
    package static let dataNamespace = "urn:xmpp:avatar:data"
    package static let metadataNamespace = "urn:xmpp:avatar:metadata"

    package let type: String
    /// The width and the height in pixels.
    package let size: Int
    /// The number of bytes.
    package let count: Int
    /// The SHA-1 of the bytes, in hexadecimal. Clients name the picture by it.
    package let hash: String
    package let base64: String

    package init(type: String, size: Int, count: Int, hash: String, base64: String) {
        self.type = type
        self.size = size
        self.count = count
        self.hash = hash
        self.base64 = base64
    }

    /// The picture itself (XEP-0084 §4.2.1).
    package var dataElement: Element { Element("data", namespace: Self.dataNamespace, text: base64) }

    /// The facts about the picture (XEP-0084 §4.2.2).
    package var metadataElement: Element {
        var metadata = Element("metadata", namespace: Self.metadataNamespace)
        metadata.append(
            Element("info", namespace: Self.metadataNamespace).with("id", hash).with("type", type)
                .with("bytes", "\(count)").with("width", "\(size)").with("height", "\(size)"))
        return metadata
    }

    /// The hash of the picture for presence (XEP-0153 §3.2).
    package var presenceElement: Element {
        var update = Element("x", namespace: "vcard-temp:x:update")
        update.append("photo", text: hash)
        return update
    }
}
