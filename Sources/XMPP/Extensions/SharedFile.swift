import XML

/// Stateless File Sharing (XEP-0447): a file, with the places where it can be had. Only the URLs (XEP-0103) are read:
/// other sources, such as encrypted ones, have no meaning outside XMPP.
package struct SharedFile: Payload {
    package static let namespace = "urn:xmpp:sfs:0"
    private static let urlNamespace = "http://jabber.org/protocol/url-data"

    package var urls: [String]

    package init(_ urls: [String]) { self.urls = urls }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("file-sharing", Self.namespace)
        let sources = element.first("sources", namespace: Self.namespace)
        self.init(
            (sources?.all("url-data", namespace: Self.urlNamespace) ?? []).compactMap { $0[attribute: "target"] })
    }

    package var element: Element {
        let sources = urls.map { Element("url-data", namespace: Self.urlNamespace).with("target", $0) }
        return Element(
            "file-sharing", namespace: Self.namespace,
            elements: [Element("sources", namespace: Self.namespace, elements: sources)])
    }
}
