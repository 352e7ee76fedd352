import XML

/// vCard4 (XEP-0292, RFC 6351), with the same fields as `VCard`.
package struct VCard4: Payload {
    package static let namespace = "urn:ietf:params:xml:ns:vcard-4.0"

    package var card: VCard

    package init(_ card: VCard) { self.card = card }

    /// Reads a vCard. Empty values are left out.
    package init(_ element: Element) throws(PayloadError) {
        try element.expect("vcard", Self.namespace)
        self.init(
            VCard(
                name: Self.values(of: "fn", "text", in: element).first,
                nickname: Self.values(of: "nickname", "text", in: element).first,
                url: Self.values(of: "url", "uri", in: element).first, numbers: Self.numbers(in: element),
                emails: Self.values(of: "email", "text", in: element),
                organisation: Self.values(of: "org", "text", in: element).first,
                about: Self.values(of: "note", "text", in: element).first,
                photo: Self.photo(in: element)))
    }

    package var element: Element {
        var vcard = Element("vcard", namespace: Self.namespace)
        func append(_ property: String, _ type: String, _ values: [String]) {
            for value in values {
                var element = Element(property, namespace: Self.namespace)
                element.append(type, text: value)
                vcard.append(element)
            }
        }
        append("fn", "text", card.name.map { [$0] } ?? [])
        append("nickname", "text", card.nickname.map { [$0] } ?? [])
        append("url", "uri", card.url.map { [$0] } ?? [])
        append("org", "text", card.organisation.map { [$0] } ?? [])
        append("tel", "uri", card.numbers.map { Self.scheme + $0 })
        append("email", "text", card.emails)
        append("note", "text", card.about.map { [$0] } ?? [])
        append("photo", "uri", card.photo.map { ["data:\($0.type);base64,\($0.base64)"] } ?? [])
        return vcard
    }

    /// A picture whose URI holds its bytes (RFC 2397); nil for the address of a picture.
    private static func photo(in element: Element) -> VCard.Photo? {
        guard let uri = values(of: "photo", "uri", in: element).first, uri.hasPrefix("data:"),
            let mark = uri.firstRange(of: ";base64,")
        else { return nil }
        return VCard.Photo(type: String(uri[..<mark.lowerBound].dropFirst(5)), base64: String(uri[mark.upperBound...]))
    }

    private static let scheme = "tel:"

    /// Telephone numbers are URIs (RFC 3966) or texts.
    private static func numbers(in element: Element) -> [String] {
        values(of: "tel", "uri", in: element).map { $0.hasPrefix(scheme) ? String($0.dropFirst(scheme.count)) : $0 }
            + values(of: "tel", "text", in: element)
    }

    private static func values(of property: String, _ type: String, in element: Element) -> [String] {
        element.all(property, namespace: namespace).compactMap { $0.childText(type) }.filter { !$0.isEmpty }
    }
}
