import XML

/// Why an element is not the payload it should be.
package struct PayloadError: Error, Sendable, Equatable {
    /// The name of the wrong element.
    package var element: String
    /// The fault, in words for the sender.
    package var reason: String

    package init(_ element: String, _ reason: String) {
        self.element = element
        self.reason = reason
    }

    /// The answer to a request with such a payload (RFC 6120 §8.3.3.1).
    package var stanzaError: StanzaError { StanzaError(.badRequest, "<\(element)/>: \(reason)") }
}

extension Element {
    /// Throws unless this element has the name and namespace of the codec.
    func expect(_ name: String, _ namespace: String) throws(PayloadError) {
        guard self.name == name, self.namespace == namespace else {
            throw PayloadError(self.name, "expected <\(name) xmlns='\(namespace)'/>")
        }
    }

    /// The value of a required attribute.
    func required(_ attribute: String) throws(PayloadError) -> String {
        guard let value = self[attribute: attribute] else {
            throw PayloadError(name, "the attribute '\(attribute)' is missing")
        }
        return value
    }

    /// An address in an attribute; nil if the attribute is absent.
    func jid(_ attribute: String) throws(PayloadError) -> JID? {
        guard let text = self[attribute: attribute] else { return nil }
        do { return try JID(text) } catch { throw PayloadError(name, "'\(attribute)': \(error)") }
    }

    /// The address in a required attribute.
    func requiredJID(_ attribute: String) throws(PayloadError) -> JID {
        guard let jid = try jid(attribute) else {
            throw PayloadError(name, "the attribute '\(attribute)' is missing")
        }
        return jid
    }

    /// A whole number, at least zero, in an attribute; nil if the attribute is absent.
    func count(_ attribute: String) throws(PayloadError) -> Int? {
        guard let text = self[attribute: attribute] else { return nil }
        guard let number = UInt32(text) else { throw PayloadError(name, "'\(attribute)' is not a count") }
        return Int(number)
    }

    /// One word of a closed list in an attribute; nil if the attribute is absent.
    func word<Word: RawRepresentable<String>>(_ attribute: String, _: Word.Type) throws(PayloadError) -> Word? {
        guard let text = self[attribute: attribute] else { return nil }
        guard let word = Word(rawValue: text) else {
            throw PayloadError(name, "'\(attribute)' has an unknown value")
        }
        return word
    }

    /// The text of the first child of that name in the same namespace; nil if there is none.
    func childText(_ name: String) -> String? { first(name, namespace: namespace)?.text }

    /// Appends a child with that text in the same namespace. Does nothing if `text` is nil.
    mutating func append(_ name: String, text: String?) {
        if let text { append(Element(name, namespace: namespace, text: text)) }
    }

    /// The element with an attribute, which is left out if its value is nil.
    consuming func with(_ attribute: String, _ value: String?) -> Element {
        guard let value else { return self }
        attributes.append(Attribute(attribute, value))
        return self
    }
}
