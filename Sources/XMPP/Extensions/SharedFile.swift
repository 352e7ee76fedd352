import XML

/// Stateless File Sharing (XEP-0447): a file, with the places where it can be had. Only the URLs (XEP-0103) are read:
/// other sources, such as encrypted ones, have no meaning outside XMPP.
package struct SharedFile: Payload {
    package static let namespace = "urn:xmpp:sfs:0"
    private static let urlNamespace = "http://jabber.org/protocol/url-data"

    /// How the sender wants the file to be shown.
    package enum Disposition: String, Sendable { case attachment, inline }

    package var urls: [String]
    package var metadata: FileMetadata?
    package var disposition: Disposition?

    package init(_ urls: [String], _ metadata: FileMetadata? = nil, disposition: Disposition? = nil) {
        self.urls = urls
        self.metadata = metadata
        self.disposition = disposition
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("file-sharing", Self.namespace)
        let sources = element.first("sources", namespace: Self.namespace)
        self.init(
            (sources?.all("url-data", namespace: Self.urlNamespace) ?? []).compactMap { $0[attribute: "target"] },
            element.first("file", namespace: FileMetadata.namespace).flatMap { try? FileMetadata($0) },
            disposition: element[attribute: "disposition"].flatMap { Disposition(rawValue: $0) })
    }

    package var element: Element {
        let urls = urls.map { Element("url-data", namespace: Self.urlNamespace).with("target", $0) }
        let sources = Element("sources", namespace: Self.namespace, elements: urls)
        return Element(
            "file-sharing", namespace: Self.namespace, elements: [metadata?.element, sources].compactMap(\.self)
        ).with("disposition", disposition?.rawValue)
    }
}
