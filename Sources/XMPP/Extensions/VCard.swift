import XML

/// vcard-temp (XEP-0054), limited to the fields that a gateway knows of a person.
package struct VCard: Payload {
    package static let namespace = "vcard-temp"

    /// The full name.
    package var name: String?
    package var nickname: String?
    package var url: String?
    /// Telephone numbers in the form in which they are shown.
    package var numbers: [String]
    package var emails: [String]
    package var organisation: String?
    /// Free text about the person.
    package var about: String?
    package var photo: Photo?

    /// A picture, in Base64.
    package struct Photo: Sendable, Equatable {
        package var type: String
        package var base64: String

        package init(type: String, base64: String) {
            self.type = type
            self.base64 = base64
        }
    }

    package init(
        name: String? = nil, nickname: String? = nil, url: String? = nil, numbers: [String] = [],
        emails: [String] = [], organisation: String? = nil, about: String? = nil, photo: Photo? = nil
    ) {
        self.name = name
        self.nickname = nickname
        self.url = url
        self.numbers = numbers
        self.emails = emails
        self.organisation = organisation
        self.about = about
        self.photo = photo
    }

    /// Reads a vCard. Empty numbers and addresses, which clients leave in their forms, are left out.
    package init(_ element: Element) throws(PayloadError) {
        try element.expect("vCard", Self.namespace)
        self.init(
            name: element.childText("FN"), nickname: element.childText("NICKNAME"), url: element.childText("URL"),
            numbers: Self.texts("NUMBER", in: element.all("TEL", namespace: Self.namespace)),
            emails: Self.texts("USERID", in: element.all("EMAIL", namespace: Self.namespace)),
            organisation: element.first("ORG", namespace: Self.namespace)?.childText("ORGNAME"),
            about: element.childText("DESC"), photo: Photo(element.first("PHOTO", namespace: Self.namespace)))
    }

    package var element: Element {
        var card = Element("vCard", namespace: Self.namespace)
        card.append("FN", text: name)
        card.append("NICKNAME", text: nickname)
        card.append("URL", text: url)
        if let organisation { card.append(Self.group("ORG", [("ORGNAME", organisation)])) }
        for number in numbers { card.append(Self.group("TEL", [("VOICE", ""), ("NUMBER", number)])) }
        for email in emails { card.append(Self.group("EMAIL", [("INTERNET", ""), ("USERID", email)])) }
        card.append("DESC", text: about)
        if let photo { card.append(Self.group("PHOTO", [("TYPE", photo.type), ("BINVAL", photo.base64)])) }
        return card
    }

    private static func texts(_ name: String, in elements: [Element]) -> [String] {
        elements.compactMap { $0.childText(name) }.filter { !$0.isEmpty }
    }

    private static func group(_ name: String, _ children: [(String, String)]) -> Element {
        var element = Element(name, namespace: namespace)
        for (name, text) in children { element.append(name, text: text) }
        return element
    }
}

extension VCard.Photo {
    /// Nil if the element has no picture, such as only the address of one.
    fileprivate init?(_ element: Element?) {
        guard let type = element?.childText("TYPE"), let base64 = element?.childText("BINVAL") else { return nil }
        self.init(type: type, base64: base64)
    }
}
